//! Finished JSON as a value of async-graphql, which knows no such value.
//!
//! The crate's feature `raw_value` makes it write an object of one certain key as the JSON that its
//! text is, after it has parsed that JSON once more. [`JsonText::value`](crate::JsonText::value)
//! writes it as it is, and may only do so because nobody else can make such an object: it is known by
//! the key's place in memory, not by its letters. A stored JSON document with the same key is just that.

use std::sync::LazyLock;

use async_graphql::{Name, Value, indexmap::IndexMap};

/// What serde_json's `RawValue` calls itself.
const TOKEN: &str = "$serde_json::private::RawValue";

static KEY: LazyLock<Name> = LazyLock::new(|| Name::new(TOKEN));

/// A value that is written as this JSON.
pub(crate) fn of(json: String) -> Value {
    Value::Object(IndexMap::from([(KEY.clone(), Value::String(json))]))
}

/// The JSON, if an object is a value of this file's making.
pub(crate) fn json(object: &IndexMap<Name, Value>) -> Option<&str> {
    match object.get_index(0) {
        Some((key, Value::String(json))) if is_key(key) => Some(json),
        _ => None,
    }
}

fn is_key(key: &Name) -> bool {
    std::ptr::eq(key.as_str(), KEY.as_str())
}
