//! From a document to its fields, each with what the schema says of its cost.

use std::collections::HashSet;

use async_graphql::{
    Name, Value as ConstValue, Variables,
    indexmap::{IndexMap, IndexSet},
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
    },
    registry::{MetaField, MetaType, MetaTypeName, Registry},
};
use async_graphql_value::Value;

use super::{
    Item, Size,
    declared::{Sized, UNSAID, list_size, names, weight},
    given::{Due, Given, open},
};

/// The values of an operation's variables where a request gives none.
pub(super) fn defaults(operation: &OperationDefinition) -> IndexMap<Name, ConstValue> {
    let definitions = operation.variable_definitions.iter();
    definitions
        .filter_map(|definition| {
            let value = definition.node.default_value.as_ref()?;
            Some((definition.node.name.node.clone(), value.node.clone()))
        })
        .collect()
}

/// The fields of an operation's root.
pub(super) fn items(
    registry: &Registry,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Vec<Item> {
    let root = match operation.ty {
        OperationType::Query => Some(registry.query_type.as_str()),
        OperationType::Mutation => registry.mutation_type.as_deref(),
        OperationType::Subscription => registry.subscription_type.as_deref(),
    };
    let compiler = Compiler { registry, document };
    let sets = [&operation.selection_set.node];
    root.and_then(|root| registry.types.get(root))
        .map(|root| compiler.object(root, root.name(), &sets, None))
        .unwrap_or_default()
}

struct Compiler<'d> {
    registry: &'d Registry,
    document: &'d ExecutableDocument,
}

/// A response key: the first field that asks for it, and what all of them select.
struct Asked<'d> {
    field: &'d Field,
    sets: Vec<&'d SelectionSet>,
}

type Fields<'d> = IndexMap<&'d Name, Asked<'d>>;

impl<'d> Compiler<'d> {
    /// What is selected of a value of the type, for each object that it may be, as far as fragments tell
    /// them apart.
    fn alternatives(
        &self,
        parent: &'d MetaType,
        sets: &[&'d SelectionSet],
        sized: Option<&Sized<'d>>,
    ) -> Vec<Vec<Item>> {
        if !parent.is_abstract() {
            return vec![self.object(parent, parent.name(), sets, sized)];
        }
        let mut objects = IndexSet::from([parent.name()]);
        for set in sets {
            self.conditions(set, &mut HashSet::new(), &mut objects);
        }
        let objects = objects.into_iter();
        let types = objects.filter_map(|name| self.registry.types.get(name));
        types
            .filter(|found| found.name() == parent.name() || parent.is_possible_type(found.name()))
            .map(|found| self.object(found, found.name(), sets, sized))
            .collect()
    }

    /// The types that fragments are about.
    fn conditions(
        &self,
        set: &'d SelectionSet,
        seen: &mut HashSet<&'d Name>,
        found: &mut IndexSet<&'d str>,
    ) {
        for selection in &set.items {
            let Some((condition, name, inner)) = self.fragment(&selection.node) else {
                continue;
            };
            if name.is_none_or(|name| seen.insert(name)) {
                found.extend(condition.map(Name::as_str));
                self.conditions(inner, seen, found);
            }
        }
    }

    /// A fragment's condition, its name and its selection.
    fn fragment(
        &self,
        selection: &'d Selection,
    ) -> Option<(Option<&'d Name>, Option<&'d Name>, &'d SelectionSet)> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let condition = condition.map(|condition| &condition.node.on.node);
                Some((condition, None, &fragment.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = &self.document.fragments.get(name)?.node;
                let condition = &fragment.type_condition.node.on.node;
                Some((Some(condition), Some(name), &fragment.selection_set.node))
            }
        }
    }

    fn object(
        &self,
        declared: &'d MetaType,
        object: &str,
        sets: &[&'d SelectionSet],
        sized: Option<&Sized<'d>>,
    ) -> Vec<Item> {
        let mut fields = Fields::new();
        let mut seen = HashSet::new();
        for set in sets {
            self.collect(object, set, &mut seen, &mut fields);
        }
        let fields = fields.into_iter();
        fields
            .filter_map(|(key, asked)| {
                // What tells of the schema costs nothing.
                let name = asked.field.name.node.as_str();
                let found = declared.field_by_name(name);
                let found = found.filter(|_| !name.starts_with("__"))?;
                Some(self.item(key, found, &asked, sized))
            })
            .collect()
    }

    /// CollectFields of the specification (section 6.3.2).
    fn collect(
        &self,
        object: &str,
        set: &'d SelectionSet,
        seen: &mut HashSet<&'d Name>,
        fields: &mut Fields<'d>,
    ) {
        for selection in &set.items {
            if let Selection::Field(field) = &selection.node {
                let field = &field.node;
                let asked = fields.entry(&field.response_key().node);
                let asked = asked.or_insert_with(|| Asked {
                    field,
                    sets: Vec::new(),
                });
                asked.sets.push(&field.selection_set.node);
            } else if let Some((condition, name, inner)) = self.fragment(&selection.node)
                && condition.is_none_or(|condition| self.applies(condition, object))
                && name.is_none_or(|name| seen.insert(name))
            {
                self.collect(object, inner, seen, fields);
            }
        }
    }

    fn applies(&self, condition: &str, object: &str) -> bool {
        let condition_type = self.registry.types.get(condition);
        condition == object || condition_type.is_some_and(|found| found.is_possible_type(object))
    }

    fn item(
        &self,
        key: &Name,
        found: &'d MetaField,
        asked: &Asked<'d>,
        sized: Option<&Sized<'d>>,
    ) -> Item {
        let (once, dues) = self.arguments(found, asked.field);
        let inner = self.registry.concrete_type_by_name(&found.ty);
        let inner = inner.filter(|inner| inner.is_composite());
        let declared = list_size(found, asked.field);
        let size = match (&declared, sized) {
            _ if !MetaTypeName::create(&found.ty).is_list() || inner.is_none() => Size::Fixed(1),
            (_, Some(sized)) if names(sized.fields, &found.name) => sized.size.clone(),
            (Some(declared), _) if declared.fields.is_empty() => declared.size.clone(),
            _ => Size::Fixed(UNSAID),
        };
        let sets = &asked.sets;
        Item {
            key: key.clone(),
            once,
            dues,
            size,
            each: u64::from(inner.is_some()),
            inner: inner
                .map(|inner| self.alternatives(inner, sets, declared.as_ref()))
                .unwrap_or_default(),
        }
    }

    /// What a field and its arguments weigh.
    fn arguments(&self, found: &MetaField, field: &Field) -> (u64, Vec<Due>) {
        let (none, no_defaults) = (Variables::default(), IndexMap::new());
        let given = Given {
            registry: self.registry,
            variables: &none,
            defaults: &no_defaults,
        };
        let (mut once, mut dues) = (weight(&found.directive_invocations), Vec::new());
        for (name, value) in &field.arguments {
            let Some(argument) = found.args.get(name.node.as_str()) else {
                continue;
            };
            let own = weight(&argument.directive_invocations);
            let expected = &argument.ty;
            if has_variable(&value.node) {
                if own > 0 || self.weighs(expected, &mut HashSet::new()) {
                    dues.push(Due {
                        weight: own,
                        expected: expected.clone(),
                        value: value.node.clone(),
                    });
                }
            } else if value.node != Value::Null {
                once = once
                    .saturating_add(own)
                    .saturating_add(open(&given, expected, &value.node));
            }
        }
        (once, dues)
    }

    /// Whether anything in an input of the type weighs something.
    fn weighs(&self, expected: &'d str, seen: &mut HashSet<&'d str>) -> bool {
        let name = MetaTypeName::concrete_typename(expected);
        let Some(MetaType::InputObject { input_fields, .. }) = self.registry.types.get(name) else {
            return false;
        };
        seen.insert(name)
            && input_fields.values().any(|field| {
                weight(&field.directive_invocations) > 0 || self.weighs(&field.ty, seen)
            })
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
