//! What an answer cost: the same reckoning with the lists that it has.

use serde_json::{Map, Value};

use super::{Item, given::Given};

/// What the fields of an object cost.
pub(super) fn fields(items: &[Item], object: &Map<String, Value>, given: &Given<'_>) -> u64 {
    let items = items.iter();
    items.fold(0, |sum, item| match object.get(item.key.as_str()) {
        Some(value) => sum.saturating_add(field(item, value, given)),
        // Of another type, or skipped.
        None => sum,
    })
}

fn field(item: &Item, value: &Value, given: &Given<'_>) -> u64 {
    item.once(given)
        .saturating_add(self::value(item, value, given))
}

fn value(item: &Item, value: &Value, given: &Given<'_>) -> u64 {
    match value {
        Value::Array(values) => {
            let values = values.iter();
            values.fold(0, |sum, value| {
                sum.saturating_add(self::value(item, value, given))
            })
        }
        Value::Object(object) if !item.inner.is_empty() => {
            // Keys tell of which type the object is; where they do not, the types cost alike.
            let types = item.inner.iter();
            let inner = types.map(|items| fields(items, object, given)).max();
            item.each.saturating_add(inner.unwrap_or_default())
        }
        _ => 0,
    }
}
