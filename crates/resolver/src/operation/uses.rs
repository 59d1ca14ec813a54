//! Where a document puts its variables.

use async_graphql::{
    Positioned, Variables,
    indexmap::IndexMap,
    parser::types::{Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet},
    registry::{MetaInputValue, MetaType, Registry},
};
use async_graphql_value::{Name, Value};

use super::fits::fits;

/// Every argument of a document that has a variable in its value.
pub(super) struct Uses(Vec<Use>);

struct Use {
    /// The argument's type.
    expected: String,
    value: Value,
}

impl Uses {
    /// Those of a document that passed validation, all of its operations and fragments together: at
    /// worst a value is checked that another operation would have been given.
    ///
    /// `None` if validation would have to see the variables for another reason: an argument whose type
    /// is not known here, or a cost that is computed from its value.
    pub(super) fn of(registry: &Registry, document: &ExecutableDocument) -> Option<Self> {
        let mut walk = Walk {
            registry,
            uses: Vec::new(),
            is_whole: true,
        };
        for fragment in document.fragments.values() {
            let on = &fragment.node.type_condition.node.on.node;
            walk.directives(&fragment.node.directives);
            walk.set(
                registry.types.get(on.as_str()),
                &fragment.node.selection_set.node,
            );
        }
        for (_, operation) in document.operations.iter() {
            let root = match operation.node.ty {
                OperationType::Query => Some(&registry.query_type),
                OperationType::Mutation => registry.mutation_type.as_ref(),
                OperationType::Subscription => registry.subscription_type.as_ref(),
            };
            walk.directives(&operation.node.directives);
            walk.set(
                root.and_then(|root| registry.types.get(root)),
                &operation.node.selection_set.node,
            );
        }
        walk.is_whole.then_some(Self(walk.uses))
    }

    /// Whether the values of a request surely fit. An argument with a variable that was not given is
    /// not looked at by async-graphql's rule, and so neither here.
    pub(super) fn fit(&self, registry: &Registry, variables: &Variables) -> bool {
        self.0.iter().all(|used| match &used.value {
            Value::Variable(name) => variables
                .get(name)
                .is_none_or(|value| fits(registry, &used.expected, value)),
            value => {
                let filled = value
                    .clone()
                    .into_const_with(|name| variables.get(&name).cloned().ok_or(()));
                filled.map_or(true, |value| fits(registry, &used.expected, &value))
            }
        })
    }

    /// An estimate of what it takes.
    pub(super) fn bytes(&self) -> usize {
        let uses = self.0.iter();
        uses.map(|used| size_of::<Use>() + used.expected.len() + super::weight::value(&used.value))
            .sum()
    }
}

struct Walk<'d> {
    registry: &'d Registry,
    uses: Vec<Use>,
    is_whole: bool,
}

impl<'d> Walk<'d> {
    fn set(&mut self, parent: Option<&'d MetaType>, set: &SelectionSet) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.field(parent, &field.node),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |condition| {
                        self.registry.types.get(condition.node.on.node.as_str())
                    });
                    self.set(on, &fragment.node.selection_set.node);
                }
                // Fragments are walked once, where they are defined.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, parent: Option<&'d MetaType>, field: &Field) {
        if field.name.node == "__typename" {
            return;
        }
        let Some(found) = parent.and_then(|parent| parent.field_by_name(&field.name.node)) else {
            self.is_whole = false;
            return;
        };
        self.is_whole &= found.compute_complexity.is_none();
        self.arguments(Some(&found.args), &field.arguments);
        let child = self.registry.concrete_type_by_name(&found.ty);
        self.set(child, &field.selection_set.node);
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            let found = self
                .registry
                .directives
                .get(directive.node.name.node.as_str());
            self.arguments(found.map(|found| &found.args), &directive.node.arguments);
        }
    }

    fn arguments(
        &mut self,
        known: Option<&IndexMap<String, MetaInputValue>>,
        given: &[(Positioned<Name>, Positioned<Value>)],
    ) {
        for (name, value) in given {
            if !has_variable(&value.node) {
                continue;
            }
            let argument = known.and_then(|known| known.get(name.node.as_str()));
            match argument {
                Some(argument) => self.uses.push(Use {
                    expected: argument.ty.clone(),
                    value: value.node.clone(),
                }),
                None => self.is_whole = false,
            }
        }
    }
}

fn has_variable(value: &Value) -> bool {
    match value {
        Value::Variable(_) => true,
        Value::List(items) => items.iter().any(has_variable),
        Value::Object(fields) => fields.values().any(has_variable),
        _ => false,
    }
}
