//! Operations that ask for nothing but the schema.

use std::collections::HashSet;

use async_graphql::{
    Name,
    parser::types::{
        ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

/// Whether an operation's answer is the same for everybody: its root fields are `__schema`, `__type`
/// and `__typename` alone, and it has no variables. Nothing of the schema is hidden from anyone.
pub(super) fn is_fixed(document: &ExecutableDocument, operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Query
        && operation.variable_definitions.is_empty()
        && is_introspection(document, &operation.selection_set.node, &mut HashSet::new())
}

/// A fragment is looked at once: it may spread itself, which validation has yet to refuse.
fn is_introspection<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    seen: &mut HashSet<&'d Name>,
) -> bool {
    set.items.iter().all(|item| match &item.node {
        Selection::Field(field) => field.node.name.node.starts_with("__"),
        Selection::InlineFragment(fragment) => {
            is_introspection(document, &fragment.node.selection_set.node, seen)
        }
        Selection::FragmentSpread(spread) => {
            let name = &spread.node.fragment_name.node;
            let Some(fragment) = document.fragments.get(name) else {
                return false;
            };
            !seen.insert(name)
                || is_introspection(document, &fragment.node.selection_set.node, seen)
        }
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::is_fixed;

    fn fixed(document: &str) -> bool {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        is_fixed(&document, &operation.node)
    }

    #[test]
    fn only_fields_of_the_schema_at_the_root_are_fixed() {
        assert!(fixed("{ __typename }"));
        assert!(fixed(
            "{ a: __type(name: \"A\") { name } ...F } fragment F on Query { __typename }"
        ));
        assert!(fixed(
            "{ ... @include(if: true) { __schema { types { name } } } }"
        ));
        assert!(fixed("{ ...F } fragment F on Query { ...F __typename }"));
        assert!(!fixed("{ __typename leads { totalCount } }"));
        assert!(!fixed(
            "{ ...F } fragment F on Query { leads { totalCount } }"
        ));
        assert!(!fixed("{ ... { leads { totalCount } } }"));
        assert!(!fixed("{ __typename: leads { totalCount } }"));
        assert!(!fixed("query($a: Boolean!) { __typename @skip(if: $a) }"));
        assert!(!fixed("mutation { __typename }"));
    }
}
