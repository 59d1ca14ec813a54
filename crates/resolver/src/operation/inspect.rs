//! Documents that are looked at and not run: those of a manifest.

use std::sync::{Arc, OnceLock};

use async_graphql::{Request, ServerError, parser::types::ExecutableDocument, registry::Registry};
use futures::FutureExt;

use super::{Limits, cost::Costs, documents::parse};
use crate::{Schema, error::shortened};

/// A document that would be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What the dearest of its operations costs by estimate, if no variable has a value.
    pub cost: u64,
}

/// Says what is wrong with a document, by the limits and the schema.
///
/// # Errors
/// All that a client would be told.
pub fn inspect(
    schema: &Schema,
    limits: &Limits,
    document: &str,
) -> Result<Inspected, Vec<ServerError>> {
    let parsed = parse(document, limits).map_err(|error| vec![shortened(error)])?;
    let inspecting = Inspecting(Arc::new(Inspection {
        parsed: parsed.clone(),
        cost: OnceLock::new(),
    }));
    let mut request = Request::new(document).data(inspecting.clone());
    request.set_parsed_query(parsed);
    // Nothing is waited for: it ends where something would be executed.
    let response = schema.whole.execute(request).now_or_never();
    match (inspecting.0.cost.get(), response) {
        (Some(cost), _) => Ok(Inspected { cost: *cost }),
        (None, response) => {
            let errors = response.map(|response| response.errors);
            let errors = errors.unwrap_or_default().into_iter();
            Err(errors.map(crate::error::settle).collect())
        }
    }
}

/// Marks a request that is not to be executed.
#[derive(Clone)]
pub(super) struct Inspecting(Arc<Inspection>);

struct Inspection {
    parsed: ExecutableDocument,
    cost: OnceLock<u64>,
}

impl Inspecting {
    pub(super) fn parsed(&self) -> &ExecutableDocument {
        &self.0.parsed
    }

    /// Validation has passed it; the errors, of which there are none, end the request.
    pub(super) fn passed(&self, registry: &Registry) -> Vec<ServerError> {
        let costs = Costs::of(registry, &self.0.parsed);
        self.0.cost.get_or_init(|| costs.dearest(registry));
        Vec::new()
    }
}
