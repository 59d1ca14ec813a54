//! How large a document is once its fragments are expanded.
//!
//! async-graphql's own checks walk a fragment once for each time it is spread, so a chain of
//! fragments that each spread the next one twice costs them exponential time before anything is
//! refused (async-graphql, `check_recursive_depth`). Counting with a memo is linear, and comes first.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

use super::limits::{Limit, Limits, too_large};
use crate::error::{Code, coded};

/// Selections inside one another, fragments among them: what async-graphql's executor allows.
const MAX_LEVELS: usize = 32;

/// Refuses a document that is too large, or has a fragment that spreads itself.
pub(super) fn check(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    // They are followed recursively.
    Limit::Fragments.check(document.fragments.len(), limits.fragments)?;
    let mut counter = Counter {
        fragments: &document.fragments,
        known: HashMap::new(),
        circle: None,
    };
    let mut whole = Size::default();
    for (_, operation) in document.operations.iter() {
        let mut size = counter.set(&operation.node.selection_set.node);
        size.directives += operation.node.directives.len();
        Limit::RootFields.check(size.top, limits.root_fields)?;
        whole = whole.beside(size);
    }
    // Also those that are not spread: they are validated.
    for fragment in document.fragments.values() {
        counter.set(&fragment.node.selection_set.node);
    }
    if let Some(spread) = counter.circle {
        let message = format!("the fragment `{}` spreads itself", spread.node);
        return Err(coded(Code::ValidationFailed, message).into_server_error(spread.pos));
    }
    whole.check(limits)
}

/// Refuses a document for its levels, of which the parser takes no more than twice as many.
pub(super) fn too_deep() -> ServerError {
    let message = format!(
        "the document nests selections more than {MAX_LEVELS} deep, fragments counted; ask for the inner ones by their ids"
    );
    too_large(message, "levels", MAX_LEVELS)
}

/// What a selection has in all, its fragments expanded.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    fields: usize,
    aliases: usize,
    directives: usize,
    fragments: usize,
    /// Fields inside one another.
    depth: usize,
    /// Selections inside one another.
    levels: usize,
    /// Fields that are not inside another one.
    top: usize,
}

impl Size {
    /// Of both together.
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            fragments: self.fragments.saturating_add(other.fragments),
            depth: self.depth.max(other.depth),
            levels: self.levels.max(other.levels),
            top: self.top.saturating_add(other.top),
        }
    }

    fn check(self, limits: &Limits) -> Result<(), ServerError> {
        Limit::Depth.check(self.depth, limits.depth)?;
        Limit::Aliases.check(self.aliases, limits.aliases)?;
        Limit::Directives.check(self.directives, limits.directives)?;
        Limit::Fragments.check(self.fragments, limits.fragments)?;
        Limit::Fields.check(self.fields, limits.fields)?;
        if self.levels > MAX_LEVELS {
            return Err(too_deep());
        }
        Ok(())
    }
}

struct Counter<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being counted.
    known: HashMap<&'d Name, Option<Size>>,
    /// Where a fragment spreads itself, if one does.
    circle: Option<&'d Positioned<Name>>,
}

impl<'d> Counter<'d> {
    fn set(&mut self, set: &'d SelectionSet) -> Size {
        if set.items.is_empty() {
            return Size::default();
        }
        let items = set.items.iter();
        let size = items.fold(Size::default(), |size, item| {
            let mut inner = match &item.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name),
            };
            inner.directives += item.node.directives().len();
            size.beside(inner)
        });
        Size {
            levels: size.levels + 1,
            ..size
        }
    }

    fn field(&mut self, field: &'d Field) -> Size {
        let inner = self.set(&field.selection_set.node);
        Size {
            fields: inner.fields.saturating_add(1),
            aliases: inner
                .aliases
                .saturating_add(usize::from(field.alias.is_some())),
            depth: inner.depth + 1,
            top: 1,
            ..inner
        }
    }

    fn fragment(&mut self, name: &'d Positioned<Name>) -> Size {
        match self.known.get(&name.node) {
            Some(Some(known)) => return *known,
            Some(None) => {
                self.circle.get_or_insert(name);
                return Size::default();
            }
            None => {}
        }
        // One that is not there is validation's to refuse.
        let Some(fragment) = self.fragments.get(&name.node) else {
            return Size::default();
        };
        self.known.insert(&name.node, None);
        let mut size = self.set(&fragment.node.selection_set.node);
        size.fragments = size.fragments.saturating_add(1);
        size.directives = size
            .directives
            .saturating_add(fragment.node.directives.len());
        self.known.insert(&name.node, Some(size));
        size
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::{Limits, MAX_LEVELS, check};

    /// The limit that the document meets, or "" if it is accepted.
    fn met(document: &str) -> String {
        let document = parse_query(document).expect("a document");
        let Err(error) = check(&document, &Limits::default()) else {
            return String::new();
        };
        let extensions = error.extensions.expect("a code");
        let limit = extensions.get("limit").or(extensions.get("code"));
        limit.expect("a code").to_string().replace('"', "")
    }

    #[test]
    fn everything_is_counted_up_to_its_limit_and_each_time_it_is_spread() {
        let Limits {
            fields,
            aliases,
            directives,
            root_fields,
            fragments,
            ..
        } = Limits::default();
        let inside = |field: &str, count: usize| format!("{{ a {{ {} }} }}", field.repeat(count));
        let spread = |field: &str, count: usize| {
            let fields = field.repeat(count);
            format!("{{ a {{ ...F ...F }} }} fragment F on A {{ {fields} }}")
        };
        for (limit, field, count) in [
            ("fields", "b ", fields - 1),
            ("aliases", "b: c ", aliases),
            ("directives", "b @c ", directives),
            ("fragments", "...G ", fragments),
        ] {
            let documents = |count: usize| {
                let suffix = if field == "...G " {
                    " fragment G on A { b }"
                } else {
                    ""
                };
                [
                    inside(field, count) + suffix,
                    spread(field, count / 2 + count % 2) + suffix,
                ]
            };
            assert_eq!(met(&documents(count)[0]), "", "{limit}");
            for document in documents(count + 1) {
                assert_eq!(met(&document), limit);
            }
        }
        assert_eq!(met(&format!("{{ {} }}", "b ".repeat(root_fields))), "");
        let root = format!(
            "mutation {{ {} ...F }} fragment F on M {{ b }}",
            "b ".repeat(root_fields)
        );
        assert_eq!(met(&root), "rootFields");
    }

    #[test]
    fn depth_is_that_of_fields_and_levels_count_fragments() {
        let nested = |open: &str, depth: usize| open.repeat(depth) + "b" + &" }".repeat(depth);
        let depth = Limits::default().depth;
        assert_eq!(met(&format!("{{ {} }}", nested("a { ", depth - 1))), "");
        assert_eq!(met(&format!("{{ {} }}", nested("a { ", depth))), "depth");
        assert_eq!(
            met(&format!("{{ {} }}", nested("... { ", MAX_LEVELS - 1))),
            ""
        );
        assert_eq!(
            met(&format!("{{ {} }}", nested("... { ", MAX_LEVELS))),
            "levels"
        );
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
        assert_eq!(met(&document), "rootFields");
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        let code = "GRAPHQL_VALIDATION_FAILED";
        assert_eq!(met("{ ...F } fragment F on Query { a ...F }"), code);
        assert_eq!(
            met("{ a } fragment F on Query { ...G } fragment G on Query { b { ...F } }"),
            code
        );
    }
}
