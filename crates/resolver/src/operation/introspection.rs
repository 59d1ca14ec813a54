//! Operations that ask for nothing but the schema.

use std::collections::HashSet;

use async_graphql::{
    Name,
    parser::types::{
        ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};

/// Whether the root fields of an operation are `__schema`, `__type` and `__typename` alone. With the
/// same variables the answer is the same for everybody who may have it.
pub(super) fn is_about_schema(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> bool {
    operation.ty == OperationType::Query
        && is_introspection(document, &operation.selection_set.node, &mut HashSet::new())
}

/// Whether a document asks for `__schema` or `__type` anywhere; they are of the root alone, and `__typename`
/// tells of an answer, not of the schema.
pub(super) fn asks_for_schema(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter();
    let fragments = document.fragments.values();
    operations
        .map(|(_, operation)| &operation.node.selection_set.node)
        .chain(fragments.map(|fragment| &fragment.node.selection_set.node))
        .any(names_schema)
}

/// Fragments that are spread are looked at where they are defined.
fn names_schema(set: &SelectionSet) -> bool {
    set.items.iter().any(|item| match &item.node {
        Selection::Field(field) => {
            let name = &field.node.name.node;
            name == "__schema" || name == "__type"
        }
        Selection::InlineFragment(fragment) => names_schema(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => false,
    })
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

    use super::{asks_for_schema, is_about_schema};

    fn about_schema(document: &str) -> bool {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        is_about_schema(&document, &operation.node)
    }

    #[test]
    fn the_schema_is_asked_for_wherever_a_root_may_be() {
        let asks = |document| asks_for_schema(&parse_query(document).expect("a document"));
        for document in [
            "{ leads { totalCount } a: __schema { types { name } } }",
            "{ ... { ... on Query { __type(name: \"A\") { name } } } }",
            "{ ...F } fragment F on Query { __schema { types { name } } }",
            "query A { __typename } query B { __schema { types { name } } }",
        ] {
            assert!(asks(document), "{document}");
        }
        assert!(!asks("{ __typename __schema: leads { totalCount } }"));
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
