//! What is known of a request's document, on the request's way.

use std::{any::TypeId, sync::Arc};

use async_graphql::{
    Name, Request, ServerError, ValidationResult, Variables, parser::types::ExecutableDocument,
    registry::Registry,
};
use rows::Query;

use super::{Document, Documents, LARGEST, Terms, Validated};
use crate::{
    loader::Gathering,
    operation::{
        cost::{Bill, Costs},
        uses::Uses,
        weight,
    },
};

/// What was found of a request's document; goes with the request.
#[derive(Clone)]
pub(in crate::operation) struct Found {
    pub(super) documents: Documents,
    pub(super) document: Arc<Document>,
    pub(super) operation: Option<Name>,
    pub(super) gathering: Gathering,
    pub(super) terms: Terms,
}

/// What the loaders of a request have to gather.
pub(crate) fn gathering(request: &Request) -> Gathering {
    let found = request.data.get(&TypeId::of::<Found>());
    let found = found.and_then(|found| found.downcast_ref::<Found>());
    found.map_or(Gathering::Siblings, |found| found.gathering)
}

/// The bill that a request asks for.
pub(crate) fn bill(request: &Request) -> Option<Bill> {
    let found = request.data.get(&TypeId::of::<Found>());
    found?.downcast_ref::<Found>()?.terms.bill.clone()
}

/// A request whose document is known, is [plain](rows::Roots::plain), and would pass validation.
pub(crate) struct Known(Arc<Document>);

/// Whether the request's is one, and does not cost too much.
pub(crate) fn known(request: &Request, registry: &Registry) -> Option<Result<Known, ServerError>> {
    let found = request.data.get(&TypeId::of::<Found>());
    let found = found?.downcast_ref::<Found>()?;
    let document = &found.document;
    let validated = document.validated.get().filter(|_| document.is_plain)?;
    let fit = validated.uses.fit(registry, &request.variables);
    fit.then(|| {
        found.charge(registry, &validated.costs, &request.variables)?;
        Ok(Known(Arc::clone(document)))
    })
}

impl Known {
    /// The request's query.
    pub(crate) fn query(self, request: Request) -> Query {
        let parsed = &self.0.parsed;
        let mut operations = parsed.operations.iter();
        let (_, operation) = operations
            .next()
            .expect("a plain document has one operation");
        Query {
            operation: operation.clone(),
            fragments: parsed.fragments.clone(),
            variables: request.variables,
            data: request.data,
        }
    }
}

impl Found {
    /// The document as it was parsed.
    pub(in crate::operation) fn parsed(&self) -> &ExecutableDocument {
        &self.document.parsed
    }

    /// The document, what validation said of it, and what it costs, if it was asked before and validation would
    /// say the same of these variables.
    pub(in crate::operation) fn validated(
        &self,
        registry: &Registry,
        variables: &Variables,
    ) -> Option<(ExecutableDocument, ValidationResult, Arc<Costs>)> {
        let validated = self.document.validated.get()?;
        let fit = validated.uses.fit(registry, variables);
        fit.then(|| {
            let costs = Arc::clone(&validated.costs);
            (self.document.parsed.clone(), validated.result, costs)
        })
    }

    /// Refuses an operation that costs more than is allowed; opens the bill of one that does not.
    pub(in crate::operation) fn charge(
        &self,
        registry: &Registry,
        costs: &Arc<Costs>,
        variables: &Variables,
    ) -> Result<(), ServerError> {
        let (operation, limit) = (self.operation.as_ref(), self.documents.limits.cost);
        let estimated = costs.estimate(operation, registry, variables);
        if estimated > limit && !self.terms.trusted {
            return Err(costs.refusal(operation, registry, variables, limit));
        }
        if let Some(bill) = &self.terms.bill {
            bill.open(costs, operation, variables, (estimated, limit));
        }
        Ok(())
    }

    /// Keeps the document, which passed.
    pub(in crate::operation) fn keep(
        &self,
        registry: &Registry,
        result: ValidationResult,
        costs: &Arc<Costs>,
    ) {
        let Document { text, parsed, .. } = &*self.document;
        let Some(uses) = Uses::of(registry, parsed) else {
            return;
        };
        let known = uses.bytes() + costs.bytes();
        let bytes = size_of::<Document>() + text.len() + weight::document(parsed) + known;
        let bytes = bytes as u64;
        if bytes > self.documents.kept.capacity() / LARGEST {
            return;
        }
        let validated = Validated {
            result,
            uses,
            costs: Arc::clone(costs),
            bytes,
        };
        // Another request may have been first; then it is there already.
        if self.document.validated.set(validated).is_ok() {
            let document = Arc::clone(&self.document);
            self.documents.kept.insert(Arc::clone(text), document);
        }
    }
}
