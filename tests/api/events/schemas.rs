//! An event is what docs/events.md says.

use events::{PropertySchema, SCHEMAS};
use serde_json::{Map, Value};

/// Makes sure that an event of that name has these properties and no others, each of its type.
pub fn assert_documented(name: &str, properties: &Map<String, Value>) {
    let schema = SCHEMAS.iter().find(|schema| schema.name == name);
    let schema = schema.unwrap_or_else(|| panic!("{name} is documented nowhere"));
    let documented: Vec<&str> = schema.properties.iter().map(|of| of.name).collect();
    let sent: Vec<&str> = properties
        .keys()
        .map(String::as_str)
        .filter(|name| !name.starts_with('$'))
        .collect();
    let mut wanted = documented.clone();
    wanted.sort_unstable();
    let mut found = sent.clone();
    found.sort_unstable();
    assert_eq!(found, wanted, "{name}");
    for property in schema.properties {
        assert_typed(name, property, &properties[property.name]);
    }
}

fn assert_typed(name: &str, property: &PropertySchema, value: &Value) {
    let is_one = match (property.of, value) {
        (_, Value::Null) => property.is_optional,
        ("integer", value) => value.is_u64(),
        ("number", value) => value.as_f64().is_some_and(|number| number >= 0.0),
        ("word", Value::String(word)) => property.words.contains(&&**word),
        ("tenant's id", Value::String(id)) => id.parse::<entity::id::TenantId>().is_ok(),
        ("user's id", Value::String(id)) => id.parse::<entity::id::UserId>().is_ok(),
        _ => false,
    };
    assert!(is_one, "{name} has {} = {value}", property.name);
}
