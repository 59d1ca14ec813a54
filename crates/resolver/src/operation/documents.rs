//! Documents that were seen before: parsed, checked and validated once.
//!
//! A document is found by its whole text: the map hashes it with keys of its own and compares it,
//! so no text can be made to stand for another. Kept is only what passed every check, so mistakes
//! push nothing out; which operation is run, and the values of its variables, are looked at each time.

use std::{
    any::TypeId,
    hash::RandomState,
    sync::{Arc, OnceLock},
};

use async_graphql::{
    Name, Request, ServerError, ValidationResult, Variables,
    parser::{self, parse_query, types::ExecutableDocument},
    registry::Registry,
};
use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use rows::Query;

use super::{
    Limits, Operation, choose,
    codes::unparsed,
    cost::{Bill, Costs},
    expansion,
    introspection::{asks_for_schema, is_about_schema},
    lookup, provided, tokens,
    uses::Uses,
    weight,
};
use crate::{error::shortened, loader::Gathering, query::ROOTS};

/// A document that would take more than this part of the room is not kept.
const LARGEST: u64 = 8;
/// What a document of a client usually takes: a guess for the map's beginning.
const USUAL: usize = 16 << 10;

/// The documents that a gateway has seen, bounded by the bytes they take, and what it lets a document be. Clones
/// are the same.
#[derive(Clone)]
pub struct Documents {
    kept: Arc<Kept>,
    limits: Limits,
}

/// How a request's document is to be taken.
#[derive(Clone, Default)]
pub struct Terms {
    /// It is one of those that the operator put there, so it is run whatever it costs.
    pub trusted: bool,
    /// The client wants to know what it costs.
    pub bill: Option<Bill>,
}

type Kept = Cache<Arc<str>, Arc<Document>, ByBytes, RandomState>;

/// What is known of a document.
struct Document {
    text: Arc<str>,
    parsed: ExecutableDocument,
    is_plain: bool,
    asks_for_schema: bool,
    validated: OnceLock<Validated>,
}

/// What is known once validation has passed it.
struct Validated {
    result: ValidationResult,
    uses: Uses,
    costs: Arc<Costs>,
    bytes: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Arc<str>, Arc<Document>> for ByBytes {
    fn weight(&self, _: &Arc<str>, document: &Arc<Document>) -> u64 {
        document
            .validated
            .get()
            .map_or(0, |validated| validated.bytes)
    }
}

impl Documents {
    /// Room for documents of so many bytes, each within the limits; with 0 none is kept.
    #[must_use]
    pub fn new(bytes: usize, limits: Limits) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity((bytes / USUAL).max(1))
            .weight_capacity(bytes as u64)
            // The bound is each shard's own, so that several would refuse what fits one.
            .shards(1)
            .build()
            .expect("both sizes are given");
        let kept = Cache::with_options(
            options,
            ByBytes,
            RandomState::new(),
            DefaultLifecycle::default(),
        );
        Self {
            kept: Arc::new(kept),
            limits,
        }
    }

    /// The operation that a request will run. Its document is parsed here, unless it is known.
    ///
    /// # Errors
    /// `DOCUMENT_TOO_LARGE` for one that a limit does not let pass, `GRAPHQL_PARSE_FAILED` for a document that
    /// is not GraphQL, `GRAPHQL_VALIDATION_FAILED` if it has a fragment that spreads itself, no operation of the
    /// request's name, several and the request names none, or a variable without the value that it must have.
    pub fn find(&self, request: &mut Request, terms: Terms) -> Result<Operation, ServerError> {
        self.find_whole(request, terms).map_err(shortened)
    }

    fn find_whole(&self, request: &mut Request, terms: Terms) -> Result<Operation, ServerError> {
        let document = match self.kept.get(request.query.as_str()) {
            Some(known) => known,
            None => read(request, &self.limits)?,
        };
        let (name, definition) = choose(&document.parsed, request.operation_name.as_deref())?;
        provided(definition, &request.variables)?;
        let operation = Operation {
            name: name.map(ToString::to_string),
            kind: definition.ty,
            // Also of variables that nobody declared: `@skip` would read them.
            is_fixed: request.variables.is_empty() && is_about_schema(&document.parsed, definition),
            asks_for_schema: document.asks_for_schema,
        };
        let gathering = lookup::gathering(definition);
        let name = name.cloned();
        request.data.insert(Found {
            documents: self.clone(),
            document,
            operation: name,
            gathering,
            terms,
        });
        Ok(operation)
    }

    /// How many documents are kept, and the bytes they take.
    #[must_use]
    pub fn kept(&self) -> (usize, u64) {
        (self.kept.len(), self.kept.weight())
    }
}

/// Parses a document within the limits.
pub(super) fn parse(text: &str, limits: &Limits) -> Result<ExecutableDocument, ServerError> {
    tokens::check(text, limits)?;
    let parsed = parse_query(text).map_err(|error| match error {
        parser::Error::RecursionLimitExceeded => expansion::too_deep(),
        error => unparsed(error.into()),
    })?;
    expansion::check(&parsed, limits)?;
    Ok(parsed)
}

fn read(request: &mut Request, limits: &Limits) -> Result<Arc<Document>, ServerError> {
    let parsed = parse(&request.query, limits)?;
    let text = Arc::from(request.query.as_str());
    // Kept is the copy, without the room to grow that the parser's lists have; async-graphql changes
    // the one it runs.
    let document = Document {
        text,
        is_plain: ROOTS.plain(&parsed).is_some(),
        asks_for_schema: asks_for_schema(&parsed),
        parsed: parsed.clone(),
        validated: OnceLock::new(),
    };
    request.set_parsed_query(parsed);
    Ok(Arc::new(document))
}

/// The same request once more, with its document as it is known by now, and without other data.
#[must_use]
pub fn again(request: &Request) -> Request {
    let mut again = Request::new(request.query.clone());
    again.operation_name.clone_from(&request.operation_name);
    again.variables = request.variables.clone();
    let found = request.data.get(&TypeId::of::<Found>());
    if let Some(found) = found.and_then(|found| found.downcast_ref::<Found>()) {
        again.data.insert(found.clone());
    }
    again
}

/// What was found of a request's document; goes with the request.
#[derive(Clone)]
pub(super) struct Found {
    documents: Documents,
    document: Arc<Document>,
    operation: Option<Name>,
    gathering: Gathering,
    terms: Terms,
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
    pub(super) fn parsed(&self) -> &ExecutableDocument {
        &self.document.parsed
    }

    /// The document, what validation said of it, and what it costs, if it was asked before and validation would
    /// say the same of these variables.
    pub(super) fn validated(
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
    pub(super) fn charge(
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
    pub(super) fn keep(&self, registry: &Registry, result: ValidationResult, costs: &Arc<Costs>) {
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

#[cfg(test)]
mod tests;
