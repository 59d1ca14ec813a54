//! CollectFields of the specification (section 6.3.2): which fields of an object a selection names,
//! in order, with fragments opened and equal response keys merged.

use std::collections::HashSet;

use async_graphql::{
    Name, Positioned, ServerResult,
    indexmap::IndexMap,
    parser::types::{Field as FieldNode, Selection, SelectionSet},
};

use crate::{Field, FieldError, Object, seam::Execution};

/// A selection set of the document.
pub(crate) type Set<'a> = &'a Positioned<SelectionSet>;

/// The selected fields by response key, in the order of the response.
pub(crate) type Selections<'a, T> = IndexMap<&'a Name, Selected<'a, T>>;

/// One key of the response.
pub(crate) struct Selected<'a, T: Object> {
    /// The first of the fields with this key; validation has proven that the others have the same
    /// name and arguments.
    pub(crate) node: &'a Positioned<FieldNode>,
    /// The declared field, or none for `__typename`.
    pub(crate) field: Option<&'static Field<T>>,
    /// The selection sets of all fields with this key.
    pub(crate) sets: Vec<Set<'a>>,
}

/// The fields that `sets` select of the object `T`.
pub(crate) fn collect<'a, T: Object>(
    execution: Execution<'a>,
    sets: &[Set<'a>],
) -> ServerResult<Selections<'a, T>> {
    let mut collector = Collector {
        execution,
        object: T::name().into_owned(),
        visited: HashSet::new(),
        fields: IndexMap::new(),
    };
    for set in sets {
        collector.set(set)?;
    }
    Ok(collector.fields)
}

/// The selection sets of all root fields of the operation with this response key. Validation has
/// proven that they name the same field with the same arguments.
pub(crate) fn root_sets<'a>(execution: Execution<'a>, key: &Name) -> Vec<Set<'a>> {
    let mut sets = Vec::new();
    let mut visited = Vec::new();
    let mut open: Vec<Set<'a>> = vec![execution.root()];
    while let Some(set) = open.pop() {
        for selection in &set.node.items {
            match &selection.node {
                Selection::Field(node) if node.node.response_key().node == *key => {
                    sets.push(&node.node.selection_set);
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => open.push(&fragment.node.selection_set),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if !visited.contains(&name) {
                        visited.push(name);
                        let fragment = execution.fragment(name);
                        open.extend(fragment.map(|fragment| &fragment.node.selection_set));
                    }
                }
            }
        }
    }
    sets
}

struct Collector<'a, T: Object> {
    execution: Execution<'a>,
    object: String,
    /// The fragments spread so far: each counts once, which also keeps chained fragments cheap.
    visited: HashSet<&'a Name>,
    fields: Selections<'a, T>,
}

impl<'a, T: Object> Collector<'a, T> {
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
                object: self.object.clone(),
                directive: directive.node.name.node.to_string(),
            };
            return Err(error.at(directive.pos));
        }
        let set = &node.node.selection_set;
        if let Some(selected) = self.fields.get_mut(&node.node.response_key().node) {
            selected.sets.push(set);
            return Ok(());
        }
        let selected = Selected {
            node,
            field: self.declared(node)?,
            sets: vec![set],
        };
        self.fields.insert(&node.node.response_key().node, selected);
        Ok(())
    }

    fn declared(&self, node: &Positioned<FieldNode>) -> ServerResult<Option<&'static Field<T>>> {
        let name = node.node.name.node.as_str();
        if name == "__typename" {
            return Ok(None);
        }
        match T::FIELDS.iter().find(|field| field.name == name) {
            Some(field) => Ok(Some(field)),
            None => Err(FieldError::UnknownField {
                object: self.object.clone(),
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
        if condition.is_none_or(|condition| self.execution.applies(condition, &self.object)) {
            self.set(set)?;
        }
        Ok(())
    }
}
