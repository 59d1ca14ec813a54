//! Fields with the same response key: section 5.3.2 of the specification.

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned, QueryPathNode, QueryPathSegment, ServerResult,
    parser::types::{Field as FieldNode, Selection},
};

use crate::{FieldError, collect::Set, seam::Execution};

/// The selection sets of all root fields of the operation with the response key of `first`, in the
/// document's order.
pub(crate) fn root_sets<'a>(
    execution: Execution<'a>,
    first: &Positioned<FieldNode>,
) -> ServerResult<Vec<Set<'a>>> {
    let key = &first.node.response_key().node;
    let search = Search::of(execution, key, execution.root());
    search
        .found
        .into_iter()
        .map(|node| same_field(first, node).map(|()| &node.node.selection_set))
        .collect()
}

/// Whether each of the fields on the way to `path` is selected once, so that async-graphql merges
/// nothing into what is answered there. False if in doubt.
pub(crate) fn is_alone(execution: Execution<'_>, path: Option<&QueryPathNode<'_>>) -> bool {
    let nodes = path
        .into_iter()
        .chain(path.into_iter().flat_map(QueryPathNode::parents));
    let mut keys: Vec<_> = nodes
        .filter_map(|node| match node.segment {
            QueryPathSegment::Name(key) => Some(key),
            QueryPathSegment::Index(_) => None,
        })
        .collect();
    let mut set = execution.root();
    while let Some(key) = keys.pop() {
        let search = Search::of(execution, key, set);
        match *search.found {
            [field] if !search.repeated => set = &field.node.selection_set,
            _ => return false,
        }
    }
    true
}

/// The fields of one response key in a selection set.
struct Search<'a, 'k> {
    execution: Execution<'a>,
    key: &'k str,
    visited: HashSet<&'a Name>,
    /// Whether a fragment is spread twice.
    repeated: bool,
    found: Vec<&'a Positioned<FieldNode>>,
}

impl<'a, 'k> Search<'a, 'k> {
    fn of(execution: Execution<'a>, key: &'k str, set: Set<'a>) -> Self {
        let mut search = Self {
            execution,
            key,
            visited: HashSet::new(),
            repeated: false,
            found: Vec::new(),
        };
        search.set(set);
        search
    }

    fn set(&mut self, set: Set<'a>) {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(node) => {
                    if node.node.response_key().node == self.key {
                        self.found.push(node);
                    }
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => self.spread(&spread.node.fragment_name.node),
            }
        }
    }

    fn spread(&mut self, name: &'a Name) {
        if !self.visited.insert(name) {
            self.repeated = true;
        } else if let Some(fragment) = self.execution.fragment(name) {
            self.set(&fragment.node.selection_set);
        }
    }
}

/// Fields with one response key must be the same field with the same arguments. async-graphql's
/// validation compares them within a selection set, but not with those that a fragment adds, so it is
/// asked here, where they meet.
pub(crate) fn same_field(
    first: &Positioned<FieldNode>,
    other: &Positioned<FieldNode>,
) -> ServerResult<()> {
    let (left, right) = (&first.node, &other.node);
    let arguments = left.arguments.len() == right.arguments.len()
        && left.arguments.iter().all(|(name, value)| {
            let given = right.get_argument(&name.node);
            given.is_some_and(|given| given.node == value.node)
        });
    if left.name.node == right.name.node && arguments {
        return Ok(());
    }
    let key = left.response_key().node.to_string();
    Err(FieldError::Conflict { key }.at(other.pos))
}
