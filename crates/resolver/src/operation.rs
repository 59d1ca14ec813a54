//! What a document asks for, before it is executed; and codes for what is wrong with it.

use std::sync::Arc;

use async_graphql::{
    Request, ServerError, ServerResult, ValidationResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation},
    parser::types::{DocumentOperations, ExecutableDocument, OperationType},
};

use crate::error::{Code, coded, with_code};

/// The kind of operation that a request will run, parsed once.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED` for a document that is not GraphQL, `GRAPHQL_VALIDATION_FAILED` if it has
/// no operation of the request's name.
pub fn kind(request: &mut Request) -> Result<OperationType, ServerError> {
    let wanted = request.operation_name.clone();
    let document = request
        .parsed_query()
        .map_err(|error| with_code(error, Code::ParseFailed))?;
    operation(document, wanted.as_deref())
}

fn operation(
    document: &ExecutableDocument,
    wanted: Option<&str>,
) -> Result<OperationType, ServerError> {
    let operation = match (&document.operations, wanted) {
        (DocumentOperations::Single(only), None) => Some(only),
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
        _ => document
            .operations
            .iter()
            .find(|(name, _)| wanted.is_some() && name.map(|name| name.as_str()) == wanted)
            .map(|(_, operation)| operation),
    };
    operation.map(|operation| operation.node.ty).ok_or_else(|| {
        let message = match wanted {
            Some(name) => format!("the document has no operation named `{name}`"),
            None => {
                "the document has several operations; say which with `operationName`".to_owned()
            }
        };
        coded(Code::ValidationFailed, message).into_server_error(async_graphql::Pos::default())
    })
}

/// Gives the errors of parsing and validation their code.
pub(crate) struct Codes;

impl ExtensionFactory for Codes {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Codes {
    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        next.run(ctx, query, variables)
            .await
            .map_err(|error| with_code(error, Code::ParseFailed))
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(ctx).await;
        result.map_err(|errors| {
            errors
                .into_iter()
                .map(|error| with_code(error, Code::ValidationFailed))
                .collect()
        })
    }
}
