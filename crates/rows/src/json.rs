//! JSON, written as serde_json writes a tree of values, without the tree.

use std::fmt::{Display, Write};

use async_graphql::{Value, resolver_utils::EnumType};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::{
    escape::{escape, is_plain},
    fragment, moment,
};

/// Enough for a small value and its key.
const ROOM: usize = 128;

/// JSON text in the making.
///
/// A [`Scalar`](crate::Scalar) writes itself with these methods, and a server its response: what they
/// write is byte for byte what serde_json makes of the same [`Value`].
///
/// ```
/// let mut json = rows::JsonText::default();
/// json.text("a \"quoted\" word");
/// assert_eq!(json.as_str(), r#""a \"quoted\" word""#);
/// ```
#[derive(Debug, Default)]
pub struct JsonText(String);

impl JsonText {
    /// An empty text with room for as many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// An empty text with room for what an operation answers, and a little more.
    #[must_use]
    pub fn with_room_for(data: &Value) -> Self {
        let Value::Object(fields) = data else {
            return Self::with_capacity(ROOM);
        };
        let bytes = |value: &Value| match value {
            Value::Object(fields) => fragment::json(fields).map_or(ROOM, str::len),
            _ => ROOM,
        };
        Self::with_capacity(fields.values().map(|value| bytes(value) + ROOM).sum())
    }

    /// What is written so far.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was written.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Bytes written so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is JSON already, or a part of it: braces, commas, keys.
    pub fn raw(&mut self, json: &str) {
        self.0.push_str(json);
    }

    /// `null`.
    pub fn null(&mut self) {
        self.0.push_str("null");
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        self.0.push_str(if value { "true" } else { "false" });
    }

    /// A whole number.
    pub fn integer(&mut self, value: i64) {
        self.0.push_str(itoa::Buffer::new().format(value));
    }

    /// A string, with escapes where JSON needs them.
    pub fn text(&mut self, text: &str) {
        if is_plain(text) {
            self.plain(text);
        } else {
            self.0.push('"');
            escape(text, &mut self.0);
            self.0.push('"');
        }
    }

    /// A string that needs no escapes: the caller knows that it has no quotes, backslashes or control
    /// characters.
    pub fn plain(&mut self, text: &str) {
        debug_assert!(is_plain(text), "{text:?} needs escapes");
        self.0.reserve(text.len() + 2);
        self.0.push('"');
        self.0.push_str(text);
        self.0.push('"');
    }

    /// A string that needs no escapes, as it is displayed.
    pub fn displayed(&mut self, text: impl Display) {
        self.appended(|json| {
            write!(json, "{text}").expect("a string takes all that is written to it");
        });
    }

    /// A string that needs no escapes, which `append` puts behind what is there.
    pub fn appended(&mut self, append: impl FnOnce(&mut String)) {
        self.0.push('"');
        let start = self.0.len();
        append(&mut self.0);
        debug_assert!(
            is_plain(&self.0[start..]),
            "{:?} needs escapes",
            &self.0[start..]
        );
        self.0.push('"');
    }

    /// A moment as RFC 3339 has it.
    pub fn moment(&mut self, moment: &DateTime<Utc>) {
        self.appended(|json| moment::append(moment, json));
    }

    /// A day as ISO 8601 has it.
    pub fn day(&mut self, day: NaiveDate) {
        self.appended(|json| moment::append_day(day, json));
    }

    /// A UUID with hyphens, in lower case.
    pub fn uuid(&mut self, uuid: Uuid) {
        self.plain(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }

    /// The name of an enum's value.
    pub fn enumeration<E: EnumType>(&mut self, value: E) {
        match E::items().iter().find(|item| item.value == value) {
            Some(item) => self.plain(item.name),
            None => self.null(),
        }
    }

    /// What displays itself as JSON.
    pub fn json(&mut self, json: impl Display) {
        write!(self.0, "{json}").expect("a string takes all that is written to it");
    }

    /// A tree of values. Rows that were written as JSON stand in it as they are.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.null(),
            Value::Boolean(value) => self.boolean(*value),
            Value::Number(number) => match number.as_i64() {
                Some(number) => self.integer(number),
                None => self.json(number),
            },
            Value::String(text) => self.text(text),
            Value::Enum(name) => self.text(name),
            Value::Binary(bytes) => self.list(bytes, |json, byte| json.integer((*byte).into())),
            Value::List(values) => self.list(values, Self::value),
            Value::Object(fields) => match fragment::json(fields) {
                Some(json) => self.raw(json),
                None => self.object(fields),
            },
        }
    }

    /// A list of whatever `write` writes.
    pub fn list<V>(
        &mut self,
        values: impl IntoIterator<Item = V>,
        mut write: impl FnMut(&mut Self, V),
    ) {
        self.0.push('[');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            write(self, value);
        }
        self.0.push(']');
    }

    /// An object of trees of values.
    pub fn object<'v, K: AsRef<str> + 'v>(
        &mut self,
        fields: impl IntoIterator<Item = (&'v K, &'v Value)>,
    ) {
        self.0.push('{');
        for (index, (key, value)) in fields.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.text(key.as_ref());
            self.0.push(':');
            self.value(value);
        }
        self.0.push('}');
    }

    /// Takes back what was written behind `length`.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.0.truncate(length);
    }

    /// Whether `null` is all that was written behind `start`.
    pub(crate) fn is_null_from(&self, start: usize) -> bool {
        self.0.as_bytes().get(start..) == Some(b"null")
    }
}
