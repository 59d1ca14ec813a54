//! The ids in answers.

use std::collections::HashSet;

use entity::id::{UserId, prefixes};
use serde_json::Value;
use uuid::Uuid;

use super::twins::SUFFIX;

/// Keys of rows, as the database prints them.
#[derive(Clone, Debug, Default)]
pub struct Keys(HashSet<String>);

impl Keys {
    /// Adds keys.
    pub fn extend(&mut self, keys: impl IntoIterator<Item = String>) {
        self.0.extend(keys);
    }

    /// Whether a key is among them.
    pub fn contains(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// The ids in an answer that are of these rows. Looks into every text, also inside longer ones.
    pub fn found_in(&self, answer: &Value) -> Vec<String> {
        let mut texts = Vec::new();
        collect(answer, &mut texts);
        let words = texts.iter().flat_map(|text| {
            text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
        });
        let known = words.filter(|word| key(word).is_some_and(|key| self.contains(&key)));
        known.map(str::to_owned).collect()
    }

    /// Nothing in the answer is of these rows.
    pub fn assert_absent(&self, answer: &Value, asked: &str) {
        let leaked = self.found_in(answer);
        assert!(
            leaked.is_empty(),
            "{asked}: shows another tenant's {leaked:?}\n{answer:#}"
        );
        let mut texts = Vec::new();
        collect(answer, &mut texts);
        let marked = texts.iter().find(|text| text.ends_with(SUFFIX));
        assert!(
            marked.is_none(),
            "{asked}: shows another tenant's {marked:?}"
        );
    }
}

/// The bare key of an id in an answer: of `camp_01h455vb4pex5vsknk084sn02q` the UUID, of `folder_42`
/// the number. `None` for text that is no id.
pub fn key(text: &str) -> Option<String> {
    if let Ok(uuid) = text.parse::<Uuid>() {
        return Some(uuid.to_string());
    }
    let (prefix, suffix) = text.rsplit_once('_')?;
    if !prefixes().any(|known| known == prefix) {
        return None;
    }
    if suffix.len() != 26 {
        return suffix.parse::<i64>().ok().map(|number| number.to_string());
    }
    // All kinds of UUID ids are written alike, so a user's parser reads any of them.
    let id: UserId = format!("user_{suffix}").parse().ok()?;
    Some(Uuid::from(id).to_string())
}

/// The bare keys of `[{"id": …}, …]`, in their order.
pub fn keys(nodes: &Value) -> Vec<String> {
    let ids = nodes
        .as_array()
        .unwrap_or_else(|| panic!("not a list: {nodes:#}"));
    let id = |node: &Value| {
        node["id"]
            .as_str()
            .and_then(key)
            .unwrap_or_else(|| panic!("no id in {node}"))
    };
    ids.iter().map(id).collect()
}

fn collect<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
