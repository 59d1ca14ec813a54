//! CollectFields of the specification (section 6.3.2): which fields of an object a selection names,
//! in order, with fragments opened and equal response keys merged.

use std::{borrow::Cow, collections::HashSet};

use async_graphql::{
    Name, Positioned, ServerResult,
    indexmap::IndexMap,
    parser::types::{Field as FieldNode, Selection, SelectionSet},
};
use foldhash::fast::RandomState;

use crate::{
    FieldError,
    merge::same_field,
    rows::{Declaration, Declared},
    seam::Execution,
};

/// A selection set of the document.
pub(crate) type Set<'a> = &'a Positioned<SelectionSet>;

/// The selected fields by response key, in the order of the response.
pub(crate) type Selections<'a> = IndexMap<&'a Name, Selected<'a>, RandomState>;

/// One key of the response.
pub(crate) struct Selected<'a> {
    /// The first of the fields with this key; the others have the same name and arguments.
    pub(crate) node: &'a Positioned<FieldNode>,
    /// The declared field, or none for `__typename`.
    pub(crate) field: Option<Declared>,
    /// The selection sets of all fields with this key.
    pub(crate) sets: Vec<Set<'a>>,
}

/// A field with everything that any of the fields with its key selects: `node` is the first of them,
/// `sets` the selection sets of all.
pub(crate) fn merged<'a>(
    node: &'a Positioned<FieldNode>,
    sets: &[Set<'a>],
) -> Cow<'a, Positioned<FieldNode>> {
    if sets.len() < 2 {
        return Cow::Borrowed(node);
    }
    let mut node = node.clone();
    node.node.selection_set.node.items =
        sets.iter().flat_map(|set| set.node.items.clone()).collect();
    Cow::Owned(node)
}

impl Selected<'_> {
    /// The declared field's name.
    pub(crate) fn name(&self) -> &'static str {
        self.field.map_or(TYPE_NAME, |field| field.about.name)
    }

    /// Whether the field needs no future.
    pub(crate) fn is_plain(&self) -> bool {
        let plain = |field: Declared| field.about.guard.is_none() && field.about.is_column;
        self.field.is_none_or(plain)
    }
}

const TYPE_NAME: &str = "__typename";

/// The fields that `sets` select of an object.
pub(crate) fn collect<'a>(
    object: Declaration,
    execution: Execution<'a>,
    sets: &[Set<'a>],
) -> ServerResult<Selections<'a>> {
    // Made large enough at once: a few short names are soon hashed, but not if they are hashed again for each new size.
    let named = sets.iter().map(|set| set.node.items.len()).sum();
    let mut collector = Collector {
        object,
        execution,
        visited: HashSet::new(),
        fields: IndexMap::with_capacity_and_hasher(named, RandomState::default()),
    };
    for set in sets {
        collector.set(set)?;
    }
    Ok(collector.fields)
}

struct Collector<'a> {
    object: Declaration,
    execution: Execution<'a>,
    /// The fragments spread so far: each counts once, which also keeps chained fragments cheap.
    visited: HashSet<&'a Name>,
    fields: Selections<'a>,
}

impl<'a> Collector<'a> {
    fn set(&mut self, set: Set<'a>) -> ServerResult<()> {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(node) => self.field(node)?,
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let condition = condition.map(|condition| &condition.node.on.node);
                    self.fragment(condition, &fragment.node.selection_set)?;
                }
                Selection::FragmentSpread(spread) => {
                    self.spread(&spread.node.fragment_name)?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, node: &'a Positioned<FieldNode>) -> ServerResult<()> {
        if let Some(directive) = node.node.directives.first() {
            // @skip and @include are gone from the document by now.
            let error = FieldError::Directive {
                object: self.object.name().into_owned(),
                directive: directive.node.name.node.to_string(),
            };
            return Err(error.at(directive.pos));
        }
        let set = &node.node.selection_set;
        if let Some(selected) = self.fields.get_mut(&node.node.response_key().node) {
            same_field(selected.node, node)?;
            selected.sets.push(set);
            return Ok(());
        }
        let field = self.declared(node)?;
        let selected = Selected {
            node,
            field,
            // A scalar has none, and costs none.
            sets: if set.node.items.is_empty() {
                Vec::new()
            } else {
                vec![set]
            },
        };
        self.fields.insert(&node.node.response_key().node, selected);
        Ok(())
    }

    fn declared(&self, node: &Positioned<FieldNode>) -> ServerResult<Option<Declared>> {
        let name = node.node.name.node.as_str();
        if name == TYPE_NAME {
            return Ok(None);
        }
        match self.object.field(name) {
            Some(field) => Ok(Some(field)),
            None => Err(FieldError::UnknownField {
                object: self.object.name().into_owned(),
                field: name.to_owned(),
            }
            .at(node.pos)),
        }
    }

    fn spread(&mut self, name: &'a Positioned<Name>) -> ServerResult<()> {
        if !self.visited.insert(&name.node) {
            return Ok(());
        }
        let Some(fragment) = self.execution.fragment(&name.node) else {
            return Err(FieldError::UnknownFragment {
                fragment: name.node.to_string(),
            }
            .at(name.pos));
        };
        let condition = &fragment.node.type_condition.node.on.node;
        self.fragment(Some(condition), &fragment.node.selection_set)
    }

    fn fragment(&mut self, condition: Option<&Name>, set: Set<'a>) -> ServerResult<()> {
        if condition.is_none_or(|condition| self.execution.applies(condition, &self.object.name()))
        {
            self.set(set)?;
        }
        Ok(())
    }
}
