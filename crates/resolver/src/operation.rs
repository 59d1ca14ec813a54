//! What a document asks for, before it is executed; and codes for what is wrong with it.

mod codes;
mod cost;
mod documents;
mod expansion;
mod fits;
mod hidden;
mod inspect;
mod introspection;
mod limits;
mod lookup;
mod single;
mod tokens;
mod unknown;
mod uses;
mod weight;

use async_graphql::{
    Name, Pos, ServerError, Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition, OperationType},
};

pub(crate) use codes::Codes;
pub use cost::Bill;
pub use documents::{Documents, Terms, again};
pub(crate) use documents::{bill, gathering, known};
pub use hidden::hide_schema;
pub use inspect::{Inspected, inspect};
pub use limits::Limits;

use crate::error::{Code, coded};

/// The operation that a request will run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name in the document, if it has one.
    pub name: Option<String>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// It asks for nothing but the schema, and the request has no variables: once it has an answer,
    /// that is the answer for everybody.
    pub is_fixed: bool,
    /// The document asks for the schema: `__schema` or `__type`.
    pub asks_for_schema: bool,
    /// The document was seen before, so nothing of it was read anew.
    pub is_known: bool,
}

/// Refuses a request that lacks the value of a variable that is not nullable and has no default.
/// async-graphql would miss it only where it is used, in the midst of the execution.
fn provided(operation: &OperationDefinition, variables: &Variables) -> Result<(), ServerError> {
    let mut definitions = operation.variable_definitions.iter();
    let missing = definitions.find(|variable| {
        let definition = &variable.node;
        !definition.var_type.node.nullable
            && definition.default_value.is_none()
            && matches!(
                variables.get(&definition.name.node),
                None | Some(Value::Null)
            )
    });
    match missing {
        None => Ok(()),
        Some(variable) => {
            let message = format!(
                "the variable `${}` must have a value",
                variable.node.name.node
            );
            Err(coded(Code::ValidationFailed, message).into_server_error(variable.pos))
        }
    }
}

fn choose<'d>(
    document: &'d ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'d Name>, &'d OperationDefinition), ServerError> {
    let mut operations = document.operations.iter();
    let found = match wanted {
        Some(_) => operations.find(|(name, _)| name.map(|name| name.as_str()) == wanted),
        None => operations.next().filter(|_| operations.next().is_none()),
    };
    let chosen = found.map(|(name, operation)| (name, &operation.node));
    chosen.ok_or_else(|| {
        let message = match wanted {
            Some(name) => format!("the document has no operation named `{name}`"),
            None => {
                "the document has several operations; say which with `operationName`".to_owned()
            }
        };
        coded(Code::ValidationFailed, message).into_server_error(Pos::default())
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::{Request, parser::types::OperationType};

    use super::{Documents, Limits, Terms};

    fn found(query: &str, wanted: Option<&str>) -> Option<(Option<String>, OperationType)> {
        let mut request = Request::new(query);
        request.operation_name = wanted.map(str::to_owned);
        let documents = Documents::new(0, Limits::default());
        let operation = documents.find(&mut request, Terms::default()).ok()?;
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
