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
    Request, ServerError, ValidationResult, Variables,
    parser::{parse_query, types::ExecutableDocument},
    registry::Registry,
};
use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use rows::Query;

use super::{
    Operation, choose, codes::unparsed, expansion, introspection::is_about_schema, lookup, nesting,
    provided, single, uses::Uses, weight,
};
use crate::{error::shortened, loader::Gathering, query::ROOTS};

/// A document that would take more than this part of the room is not kept.
const LARGEST: u64 = 8;
/// What a document of a client usually takes: a guess for the map's beginning.
const USUAL: usize = 16 << 10;

/// The documents that a gateway has seen, bounded by the bytes they take. Clones are the same.
#[derive(Clone)]
pub struct Documents(Arc<Kept>);

type Kept = Cache<Arc<str>, Arc<Document>, ByBytes, RandomState>;

/// What is known of a document.
struct Document {
    text: Arc<str>,
    parsed: ExecutableDocument,
    is_plain: bool,
    validated: OnceLock<Validated>,
}

/// What is known once validation has passed it.
struct Validated {
    result: ValidationResult,
    uses: Uses,
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
    /// Room for documents of so many bytes; with 0 none is kept.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity((bytes / USUAL).max(1))
            .weight_capacity(bytes as u64)
            // The bound is each shard's own, so that several would refuse what fits one.
            .shards(1)
            .build()
            .expect("both sizes are given");
        Self(Arc::new(Cache::with_options(
            options,
            ByBytes,
            RandomState::new(),
            DefaultLifecycle::default(),
        )))
    }

    /// The operation that a request will run. Its document is parsed here, unless it is known.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED` for a document that is not GraphQL, `GRAPHQL_VALIDATION_FAILED` if it has
    /// no operation of the request's name, several and the request names none, one that would be too
    /// large once its fragments are expanded, a subscription of several fields, or a variable without the value that it must have.
    pub fn find(&self, request: &mut Request) -> Result<Operation, ServerError> {
        self.find_whole(request).map_err(shortened)
    }

    fn find_whole(&self, request: &mut Request) -> Result<Operation, ServerError> {
        let document = match self.0.get(request.query.as_str()) {
            Some(known) => known,
            None => read(request)?,
        };
        let (name, definition) = choose(&document.parsed, request.operation_name.as_deref())?;
        single::check(definition)?;
        provided(definition, &request.variables)?;
        let operation = Operation {
            name: name.map(ToString::to_string),
            kind: definition.ty,
            // Also of variables that nobody declared: `@skip` would read them.
            is_fixed: request.variables.is_empty() && is_about_schema(&document.parsed, definition),
        };
        let gathering = lookup::gathering(definition);
        request.data.insert(Found {
            documents: self.clone(),
            document,
            gathering,
        });
        Ok(operation)
    }

    /// How many documents are kept, and the bytes they take.
    #[must_use]
    pub fn kept(&self) -> (usize, u64) {
        (self.0.len(), self.0.weight())
    }
}

fn read(request: &mut Request) -> Result<Arc<Document>, ServerError> {
    nesting::check(&request.query)?;
    let parsed = parse_query(&request.query).map_err(|error| unparsed(error.into()))?;
    expansion::check(&parsed)?;
    let text = Arc::from(request.query.as_str());
    // Kept is the copy, without the room to grow that the parser's lists have; async-graphql changes
    // the one it runs.
    let document = Document {
        text,
        is_plain: ROOTS.plain(&parsed).is_some(),
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
    gathering: Gathering,
}

/// What the loaders of a request have to gather.
pub(crate) fn gathering(request: &Request) -> Gathering {
    let found = request.data.get(&TypeId::of::<Found>());
    let found = found.and_then(|found| found.downcast_ref::<Found>());
    found.map_or(Gathering::Siblings, |found| found.gathering)
}

/// A request whose document is known, is [plain](rows::Roots::plain), and would pass validation.
pub(crate) struct Known(Arc<Document>);

/// Whether the request's is one.
pub(crate) fn known(request: &Request, registry: &Registry) -> Option<Known> {
    let found = request.data.get(&TypeId::of::<Found>());
    let found = found?.downcast_ref::<Found>()?;
    let document = &found.document;
    let validated = document.validated.get().filter(|_| document.is_plain)?;
    let fit = validated.uses.fit(registry, &request.variables);
    fit.then(|| Known(Arc::clone(document)))
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
    /// The document and what validation said of it, if it was asked before and would say the same of
    /// these variables.
    pub(super) fn validated(
        &self,
        registry: &Registry,
        variables: &Variables,
    ) -> Option<(ExecutableDocument, ValidationResult)> {
        let validated = self.document.validated.get()?;
        let fit = validated.uses.fit(registry, variables);
        fit.then(|| (self.document.parsed.clone(), validated.result))
    }

    /// Keeps the document, which passed.
    pub(super) fn keep(&self, registry: &Registry, result: ValidationResult) {
        let Document { text, parsed, .. } = &*self.document;
        let Some(uses) = Uses::of(registry, parsed) else {
            return;
        };
        let bytes =
            (size_of::<Document>() + text.len() + weight::document(parsed) + uses.bytes()) as u64;
        if bytes > self.documents.0.capacity() / LARGEST {
            return;
        }
        let validated = Validated {
            result,
            uses,
            bytes,
        };
        // Another request may have been first; then it is there already.
        if self.document.validated.set(validated).is_ok() {
            let document = Arc::clone(&self.document);
            self.documents.0.insert(Arc::clone(text), document);
        }
    }
}

#[cfg(test)]
mod tests;
