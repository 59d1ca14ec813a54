//! Documents that were seen before: parsed, checked and validated once.
//!
//! A document is found by its whole text: the map hashes it with keys of its own and compares it,
//! so no text can be made to stand for another. Kept is only what passed every check, so mistakes
//! push nothing out; which operation is run, and the values of its variables, are looked at each time.

mod found;

use std::{
    any::TypeId,
    hash::RandomState,
    sync::{Arc, OnceLock},
};

use async_graphql::{
    Request, ServerError, ValidationResult,
    parser::{self, parse_query, types::ExecutableDocument},
};
use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

pub(in crate::operation) use found::Found;
pub(crate) use found::{bill, gathering, known};

use super::{
    Limits, Operation, choose,
    codes::unparsed,
    cost::{Bill, Costs},
    expansion,
    introspection::{asks_for_schema, is_about_schema},
    lookup, provided, single, tokens,
    uses::Uses,
};
use crate::{error::shortened, query::ROOTS};

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
    /// request's name, several and the request names none, a subscription of several fields, or a variable without
    /// the value that it must have.
    pub fn find(&self, request: &mut Request, terms: Terms) -> Result<Operation, ServerError> {
        self.find_whole(request, terms).map_err(shortened)
    }

    fn find_whole(&self, request: &mut Request, terms: Terms) -> Result<Operation, ServerError> {
        let known = self.kept.get(request.query.as_str());
        let is_known = known.is_some();
        let document = match known {
            Some(known) => known,
            None => read(request, &self.limits)?,
        };
        let (name, definition) = choose(&document.parsed, request.operation_name.as_deref())?;
        single::check(definition)?;
        provided(definition, &request.variables)?;
        let operation = Operation {
            name: name.map(ToString::to_string),
            kind: definition.ty,
            // Also of variables that nobody declared: `@skip` would read them.
            is_fixed: request.variables.is_empty() && is_about_schema(&document.parsed, definition),
            asks_for_schema: document.asks_for_schema,
            is_known,
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

#[cfg(test)]
mod tests;
