//! Parsing and validation as async-graphql's executor comes to them: passed over for a document that is
//! known, and with codes for what is wrong.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    ServerError, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation},
    parser::types::ExecutableDocument,
};

use super::{cost::Costs, documents::Found, inspect::Inspecting, unknown};
use crate::error::{Code, with_code};

/// Makes one for each request.
pub(crate) struct Codes;

impl ExtensionFactory for Codes {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(OfRequest::default())
    }
}

/// What of a request's document is known.
#[derive(Default)]
struct OfRequest {
    /// Validation would say so again.
    validated: OnceLock<ValidationResult>,
    /// Else the cost is reckoned once it has passed.
    variables: OnceLock<Variables>,
}

#[async_trait::async_trait]
impl Extension for OfRequest {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        // The variables are known here, and not when it is validated.
        let registry = &ctx.schema_env.registry;
        let found = ctx.data_opt::<Found>();
        let Some(found) = found else {
            return next.run(ctx, query, variables).await.map_err(unparsed);
        };
        // Nothing has set what is set here before.
        match found.validated(registry, variables) {
            Some((document, result, costs)) => {
                found.charge(registry, &costs, variables)?;
                let _ = self.validated.set(result);
                Ok(document)
            }
            None => {
                let _ = self.variables.set(variables.clone());
                next.run(ctx, query, variables).await.map_err(unparsed)
            }
        }
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        if let Some(result) = self.validated.get() {
            return Ok(*result);
        }
        let (registry, found) = (&ctx.schema_env.registry, ctx.data_opt::<Found>());
        let inspecting = ctx.data_opt::<Inspecting>();
        let parsed = found
            .map(Found::parsed)
            .or(inspecting.map(Inspecting::parsed));
        if let Some(parsed) = parsed {
            unknown::check(registry, parsed).map_err(|error| vec![error])?;
        }
        let result = next.run(ctx).await.map_err(coded)?;
        if let Some(found) = found {
            let costs = Arc::new(Costs::of(registry, found.parsed()));
            found.keep(registry, result, &costs);
            let none = Variables::default();
            let variables = self.variables.get().unwrap_or(&none);
            let charged = found.charge(registry, &costs, variables);
            charged.map_err(|error| vec![error])?;
        }
        match inspecting {
            Some(inspecting) => Err(inspecting.passed(registry)),
            None => Ok(result),
        }
    }
}

/// Most errors of one document: who has more mends these first.
const MAX_ERRORS: usize = 20;

fn coded(errors: Vec<ServerError>) -> Vec<ServerError> {
    let errors = errors.into_iter().take(MAX_ERRORS);
    errors
        .map(|error| with_code(with_argument(error), Code::ValidationFailed))
        .collect()
}

/// The parser draws the line of the document and an arrow below it, which JSON shows badly and which
/// is as long as the client's line. The place is in the error's locations.
pub(super) fn unparsed(mut error: ServerError) -> ServerError {
    if let Some((_, problem)) = error.message.rsplit_once("\n  = ") {
        error.message = format!("syntax error: {problem}");
    }
    with_code(error, Code::ParseFailed)
}

/// async-graphql writes the path of a value that does not fit into the message only.
fn with_argument(mut error: ServerError) -> ServerError {
    let path = error
        .message
        .strip_prefix("Invalid value for argument \"")
        .and_then(|rest| rest.split_once('"'));
    if let Some((path, _)) = path {
        let path = path.to_owned();
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("argument", path);
    }
    error
}
