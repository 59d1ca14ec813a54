//! How large a document is once its fragments are expanded.
//!
//! async-graphql's own checks walk a fragment once for each time it is spread, so a chain of
//! fragments that each spread the next one twice costs them exponential time before anything is
//! refused (async-graphql, `check_recursive_depth`). Counting with a memo is linear, and comes first.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
};

use crate::error::{Code, coded};

/// Most fields of a document, a fragment's counted each time it is spread.
pub const MAX_FIELDS: usize = 5_000;
/// Most fragments of a document: they are followed recursively.
pub const MAX_FRAGMENTS: usize = 200;

/// Refuses a document that is too large.
pub(super) fn check(document: &ExecutableDocument) -> Result<(), ServerError> {
    if document.fragments.len() > MAX_FRAGMENTS {
        return Err(refused(format!(
            "the document has more than {MAX_FRAGMENTS} fragments; write some of them out"
        )));
    }
    let mut counter = Counter {
        fragments: &document.fragments,
        known: HashMap::new(),
    };
    let operations = document.operations.iter();
    let fields = operations.fold(0_usize, |fields, (_, operation)| {
        fields.saturating_add(counter.set(&operation.node.selection_set.node))
    });
    if fields > MAX_FIELDS {
        return Err(refused(format!(
            "the document selects more than {MAX_FIELDS} fields once its fragments are expanded; ask for less at once"
        )));
    }
    Ok(())
}

fn refused(message: String) -> ServerError {
    coded(Code::ValidationFailed, message).into_server_error(async_graphql::Pos::default())
}

struct Counter<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being counted: one that spreads itself adds nothing, and
    /// validation refuses it.
    known: HashMap<&'d Name, Option<usize>>,
}

impl<'d> Counter<'d> {
    fn set(&mut self, set: &'d SelectionSet) -> usize {
        let items = set.items.iter();
        items.fold(0_usize, |fields, item| {
            fields.saturating_add(match &item.node {
                Selection::Field(field) => {
                    self.set(&field.node.selection_set.node).saturating_add(1)
                }
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            })
        })
    }

    fn fragment(&mut self, name: &'d Name) -> usize {
        if let Some(known) = self.known.get(name) {
            return known.unwrap_or_default();
        }
        let Some(fragment) = self.fragments.get(name) else {
            return 0;
        };
        self.known.insert(name, None);
        // At least one, so that fragments of fragments of nothing are counted, too.
        let fields = self.set(&fragment.node.selection_set.node).max(1);
        self.known.insert(name, Some(fields));
        fields
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::{MAX_FIELDS, check};

    fn accepted(document: &str) -> bool {
        check(&parse_query(document).expect("a document")).is_ok()
    }

    #[test]
    fn fields_are_counted_each_time_they_are_spread() {
        let fields = |count: usize| "a ".repeat(count);
        assert!(accepted(&format!("{{ {} }}", fields(MAX_FIELDS))));
        assert!(!accepted(&format!("{{ {} }}", fields(MAX_FIELDS + 1))));
        let spread_twice = |count| {
            format!(
                "{{ ...F ...F }} fragment F on Query {{ {} }}",
                fields(count)
            )
        };
        assert!(accepted(&spread_twice(MAX_FIELDS / 2)));
        assert!(!accepted(&spread_twice(MAX_FIELDS / 2 + 1)));
    }

    #[test]
    fn a_chain_that_doubles_is_refused_at_once() {
        let mut document = "{ ...F0 }".to_owned();
        for link in 0..100 {
            let next = link + 1;
            write!(
                document,
                " fragment F{link} on Query {{ ...F{next} ...F{next} }}"
            )
            .expect("a String takes every write");
        }
        document.push_str(" fragment F100 on Query { a }");
        assert!(!accepted(&document));
    }

    #[test]
    fn a_fragment_that_spreads_itself_ends() {
        assert!(accepted("{ ...F } fragment F on Query { a ...F }"));
    }
}
