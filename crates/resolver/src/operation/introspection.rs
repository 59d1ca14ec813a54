//! Operations that ask for nothing but the schema.

use std::collections::HashSet;

use async_graphql::{
    Name,
    parser::types::{
        ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

/// Whether the root fields of an operation are `__schema`, `__type` and `__typename` alone. Nothing of
/// the schema is hidden from anyone, so with the same variables the answer is the same for everybody.
pub(super) fn is_about_schema(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> bool {
    operation.ty == OperationType::Query
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

    use super::is_about_schema;

    fn about_schema(document: &str) -> bool {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        is_about_schema(&document, &operation.node)
    }

    #[test]
    fn it_is_about_the_schema_if_all_of_its_root_is() {
        assert!(about_schema("{ __typename }"));
        assert!(about_schema(
            "{ a: __type(name: \"A\") { name } ...F } fragment F on Query { __typename }"
        ));
        assert!(about_schema(
            "{ ... @include(if: true) { __schema { types { name } } } }"
        ));
        assert!(about_schema(
            "{ ...F } fragment F on Query { ...F __typename }"
        ));
        assert!(!about_schema("{ __typename leads { totalCount } }"));
        assert!(!about_schema(
            "{ ...F } fragment F on Query { leads { totalCount } }"
        ));
        assert!(!about_schema("{ ... { leads { totalCount } } }"));
        assert!(!about_schema("{ __typename: leads { totalCount } }"));
        assert!(!about_schema("mutation { __typename }"));
    }
}
