//! Whether the values of a request fit where a validated document puts its variables.
//!
//! Of async-graphql's rules one alone reads the values of variables: that of arguments
//! (`ArgumentsOfCorrectType`, `is_valid_input_value`). Here is what it accepts, and nothing it refuses:
//! where this says no, or can not tell, the rules run as ever, and the error is theirs.

use async_graphql::{
    Name, Value,
    indexmap::IndexMap,
    registry::{MetaInputValue, MetaType, MetaTypeName, Registry},
};

/// Whether a value is surely valid for a type, as async-graphql's rule sees it.
pub(super) fn fits(registry: &Registry, type_name: &str, value: &Value) -> bool {
    match (MetaTypeName::create(type_name), value) {
        (MetaTypeName::NonNull(_), Value::Null) => false,
        (_, Value::Null) => true,
        (MetaTypeName::NonNull(inner), _) => fits(registry, inner, value),
        (MetaTypeName::List(inner), Value::List(items)) => {
            items.iter().all(|item| fits(registry, inner, item))
        }
        // A single value stands for a list of one.
        (MetaTypeName::List(inner), _) => fits(registry, inner, value),
        (MetaTypeName::Named(name), _) => {
            let found = registry.types.get(name);
            found.is_some_and(|found| fits_named(registry, found, value))
        }
    }
}

fn fits_named(registry: &Registry, found: &MetaType, value: &Value) -> bool {
    match (found, value) {
        (MetaType::Scalar { is_valid, .. }, _) => {
            is_valid.as_ref().is_none_or(|is_valid| is_valid(value))
        }
        // JSON has no enums: there they are strings.
        (MetaType::Enum { enum_values, .. }, Value::Enum(name)) => {
            enum_values.contains_key(name.as_str())
        }
        (MetaType::Enum { enum_values, .. }, Value::String(name)) => enum_values.contains_key(name),
        (
            MetaType::InputObject {
                input_fields,
                oneof,
                ..
            },
            Value::Object(values),
        ) => fits_object(registry, input_fields, *oneof, values),
        _ => false,
    }
}

fn fits_object(
    registry: &Registry,
    fields: &IndexMap<String, MetaInputValue>,
    one_of: bool,
    values: &IndexMap<Name, Value>,
) -> bool {
    let one = values.len() == 1 && values.values().all(|value| *value != Value::Null);
    let known = |name: &Name| {
        let field = fields.get(name.as_str());
        field.is_some_and(|field| field.name == name.as_str())
    };
    (one || !one_of)
        && values.keys().all(known)
        && fields
            .values()
            .all(|field| match values.get(field.name.as_str()) {
                Some(value) => fits(registry, &field.ty, value),
                None => {
                    field.default_value.is_some() || !MetaTypeName::create(&field.ty).is_non_null()
                }
            })
}
