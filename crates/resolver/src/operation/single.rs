//! A subscription has one field at its root (section 5.2.3 of the specification): one event is one answer.

use async_graphql::{
    Positioned, ServerError,
    parser::types::{OperationDefinition, OperationType, Selection},
};

use crate::error::{Code, coded};

/// Refuses a subscription with several fields, and one whose field is in a fragment or may be left out.
///
/// The specification lets the field be in a fragment, async-graphql would not see it there.
pub(super) fn check(operation: &OperationDefinition) -> Result<(), ServerError> {
    if operation.ty != OperationType::Subscription {
        return Ok(());
    }
    let set = &operation.selection_set;
    let problem = match &set.node.items[..] {
        [Positioned { node, .. }] => match node {
            Selection::Field(field) if field.node.directives.is_empty() => return Ok(()),
            Selection::Field(_) => "the field of a subscription can have no directive",
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => {
                "select the field of a subscription itself, and not by a fragment"
            }
        },
        _ => "a subscription has one field; send several subscriptions for several",
    };
    Err(coded(Code::ValidationFailed, problem).into_server_error(set.pos))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::check;

    fn passes(document: &str) -> bool {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        check(&operation.node).is_ok()
    }

    #[test]
    fn a_subscription_has_one_field() {
        assert!(passes("subscription { a { b c } }"));
        assert!(passes("{ a b }"));
        for several in [
            "subscription { a b }",
            "subscription { x: a y: a }",
            "subscription { ...F } fragment F on Live { a }",
            "subscription { ... on Live { a } }",
            "subscription { a @skip(if: true) }",
        ] {
            assert!(!passes(several), "{several}");
        }
    }
}
