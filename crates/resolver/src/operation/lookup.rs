//! Operations that load one thing, so that nothing is to be gathered.

use async_graphql::{
    Positioned,
    parser::types::{Field, OperationDefinition, Selection, SelectionSet},
};

use crate::loader::Gathering;

/// What the loaders of an operation have to gather: nothing if it is one field of the root and some values of
/// it, as a row by its id is.
pub(super) fn gathering(operation: &OperationDefinition) -> Gathering {
    let is_lookup = || {
        let [root] = fields(&operation.selection_set)?[..] else {
            return None;
        };
        let values = fields(&root.selection_set)?;
        let mut sets = values.iter().map(|value| &value.selection_set.node.items);
        sets.all(Vec::is_empty).then_some(())
    };
    match is_lookup() {
        Some(()) => Gathering::Nothing,
        None => Gathering::Siblings,
    }
}

/// The fields of a selection, if it has no fragments.
fn fields(set: &Positioned<SelectionSet>) -> Option<Vec<&Field>> {
    let selections = set.node.items.iter().map(|selection| &selection.node);
    selections
        .map(|selection| match selection {
            Selection::Field(field) => Some(&field.node),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::gathering;
    use crate::loader::Gathering;

    fn of(document: &str) -> Gathering {
        let document = parse_query(document).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        gathering(&operation.node)
    }

    #[test]
    fn a_row_by_its_id_waits_for_no_sibling() {
        assert_eq!(of("{ campaign(id: 1) { id name } }"), Gathering::Nothing);
    }

    #[test]
    fn whatever_may_load_two_things_at_once_gathers_them() {
        for document in [
            "{ a: campaign(id: 1) { id } b: campaign(id: 2) { id } }",
            "{ campaign(id: 1) { id company { id } } }",
            "{ campaign(id: 1) { ...F } } fragment F on Campaign { id }",
            "{ ... on Query { campaign(id: 1) { id } } }",
        ] {
            assert_eq!(of(document), Gathering::Siblings, "{document}");
        }
    }
}
