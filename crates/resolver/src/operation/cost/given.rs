//! The values that a request gives to variables, and what they weigh.

use async_graphql::{
    Name, Value as ConstValue, Variables,
    indexmap::IndexMap,
    registry::{MetaInputValue, MetaType, MetaTypeName, Registry},
};
use async_graphql_value::Value;

use super::declared::weight;

/// The values of an operation's variables.
pub(in super::super) struct Given<'v> {
    pub(super) registry: &'v Registry,
    pub(super) variables: &'v Variables,
    pub(super) defaults: &'v IndexMap<Name, ConstValue>,
}

impl<'v> Given<'v> {
    /// The value of a variable, if it is not null.
    pub(super) fn get(&self, name: &str) -> Option<&'v ConstValue> {
        let value = self.variables.get(name).or_else(|| self.defaults.get(name));
        value.filter(|value| **value != ConstValue::Null)
    }
}

/// An argument that weighs something, or whose fields do, with a variable in its value.
pub(super) struct Due {
    pub(super) weight: u64,
    /// The argument's type.
    pub(super) expected: String,
    pub(super) value: Value,
}

impl Due {
    pub(super) fn weight(&self, given: &Given<'_>) -> u64 {
        match &self.value {
            Value::Variable(name) if given.get(name).is_none() => 0,
            value => self
                .weight
                .saturating_add(open(given, &self.expected, value)),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.expected.len() + crate::operation::weight::value(&self.value)
    }
}

/// What the fields of an input weigh.
pub(super) fn open(given: &Given<'_>, expected: &str, value: &Value) -> u64 {
    match value {
        Value::Variable(name) => given
            .get(name)
            .map_or(0, |value| constant(given.registry, expected, value)),
        Value::List(items) => sum(items, |item| open(given, expected, item)),
        Value::Object(fields) => sum(fields, |(name, value)| match value {
            Value::Null => 0,
            Value::Variable(variable) if given.get(variable).is_none() => 0,
            value => field(given.registry, expected, name, |field| {
                open(given, &field.ty, value)
            }),
        }),
        _ => 0,
    }
}

fn constant(registry: &Registry, expected: &str, value: &ConstValue) -> u64 {
    match value {
        ConstValue::List(items) => sum(items, |item| constant(registry, expected, item)),
        ConstValue::Object(fields) => sum(fields, |(name, value)| match value {
            ConstValue::Null => 0,
            value => field(registry, expected, name, |field| {
                constant(registry, &field.ty, value)
            }),
        }),
        _ => 0,
    }
}

/// What a field of an input object weighs, with what is in it.
fn field(
    registry: &Registry,
    expected: &str,
    name: &str,
    inner: impl Fn(&MetaInputValue) -> u64,
) -> u64 {
    let object = registry
        .types
        .get(MetaTypeName::concrete_typename(expected));
    let Some(MetaType::InputObject { input_fields, .. }) = object else {
        return 0;
    };
    let found = input_fields.get(name);
    found.map_or(0, |field| {
        weight(&field.directive_invocations).saturating_add(inner(field))
    })
}

fn sum<T>(items: impl IntoIterator<Item = T>, weight: impl Fn(T) -> u64) -> u64 {
    let items = items.into_iter();
    items.fold(0, |sum, item| sum.saturating_add(weight(item)))
}
