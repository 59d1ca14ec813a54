//! What a document asks for, before it is executed; and codes for what is wrong with it.

mod expansion;
mod nesting;

use std::sync::Arc;

use async_graphql::{
    Name, Pos, Request, ServerError, ServerResult, ValidationResult, Value, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextValidation},
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};

use crate::error::{Code, coded, shortened, with_code};

/// The operation that a request will run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name in the document, if it has one.
    pub name: Option<String>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
}

/// The operation that a request will run. The document is parsed once, here.
///
/// # Errors
/// `GRAPHQL_PARSE_FAILED` for a document that is not GraphQL, `GRAPHQL_VALIDATION_FAILED` if it has
/// no operation of the request's name, several and the request names none, one that would be too
/// large once its fragments are expanded, or a variable without the value that it must have.
pub fn find(request: &mut Request) -> Result<Operation, ServerError> {
    find_whole(request).map_err(shortened)
}

fn find_whole(request: &mut Request) -> Result<Operation, ServerError> {
    let wanted = request.operation_name.clone();
    nesting::check(&request.query)?;
    let document = request.parsed_query().map_err(unparsed)?;
    expansion::check(document)?;
    let (operation, definition) = choose(document, wanted.as_deref())?;
    let required = required(definition);
    match required.iter().find(|(name, _)| is_missing(request, name)) {
        None => Ok(operation),
        Some((name, position)) => {
            let message = format!("the variable `${name}` must have a value");
            Err(coded(Code::ValidationFailed, message).into_server_error(*position))
        }
    }
}

/// The variables that are not nullable and have no default. async-graphql would miss their values
/// only where they are used, in the midst of the execution.
fn required(operation: &OperationDefinition) -> Vec<(Name, Pos)> {
    let definitions = operation.variable_definitions.iter();
    definitions
        .filter(|variable| {
            !variable.node.var_type.node.nullable && variable.node.default_value.is_none()
        })
        .map(|variable| (variable.node.name.node.clone(), variable.pos))
        .collect()
}

fn is_missing(request: &Request, variable: &Name) -> bool {
    matches!(request.variables.get(variable), None | Some(Value::Null))
}

fn choose<'d>(
    document: &'d ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Operation, &'d OperationDefinition), ServerError> {
    let mut operations = document.operations.iter();
    let found = match wanted {
        Some(_) => operations.find(|(name, _)| name.map(|name| name.as_str()) == wanted),
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    let operation = found.map(|(name, operation)| {
        let chosen = Operation {
            name: name.map(ToString::to_string),
            kind: operation.node.ty,
        };
        (chosen, &operation.node)
    });
    operation.ok_or_else(|| {
        let message = match wanted {
            Some(name) => format!("the document has no operation named `{name}`"),
            None => {
                "the document has several operations; say which with `operationName`".to_owned()
            }
        };
        coded(Code::ValidationFailed, message).into_server_error(Pos::default())
    })
}

/// The parser draws the line of the document and an arrow below it, which JSON shows badly and which
/// is as long as the client's line. The place is in the error's locations.
fn unparsed(mut error: ServerError) -> ServerError {
    if let Some((_, problem)) = error.message.rsplit_once("\n  = ") {
        error.message = format!("syntax error: {problem}");
    }
    with_code(error, Code::ParseFailed)
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
        next.run(ctx, query, variables).await.map_err(unparsed)
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
                .map(|error| with_code(with_argument(error), Code::ValidationFailed))
                .collect()
        })
    }
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

#[cfg(test)]
mod tests {
    use async_graphql::{Request, parser::types::OperationType};

    use super::find;

    fn found(query: &str, wanted: Option<&str>) -> Option<(Option<String>, OperationType)> {
        let mut request = Request::new(query);
        request.operation_name = wanted.map(str::to_owned);
        let operation = find(&mut request).ok()?;
        Some((operation.name, operation.kind))
    }

    #[test]
    fn the_only_operation_needs_no_name_in_the_request() {
        let query = OperationType::Query;
        assert_eq!(found("{ a }", None), Some((None, query)));
        let named = Some((Some("A".to_owned()), query));
        assert_eq!(found("query A { a }", None), named);
        assert_eq!(found("query A { a }", Some("A")), named);
        assert_eq!(found("query A { a }", Some("B")), None);
        assert_eq!(found("{ a }", Some("A")), None);
    }

    #[test]
    fn one_of_several_operations_is_chosen_by_name() {
        let document = "query A { a } mutation B { b }";
        let mutation = Some((Some("B".to_owned()), OperationType::Mutation));
        assert_eq!(found(document, Some("B")), mutation);
        assert_eq!(found(document, None), None);
    }
}
