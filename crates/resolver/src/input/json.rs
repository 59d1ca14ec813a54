//! Typed settings that are kept as JSON.

use serde_json::{Map, Value};

use crate::error::ClientError;

/// The document of values, by the names they are stored under.
#[derive(Default)]
pub(crate) struct Document(Map<String, Value>);

impl Document {
    /// Adds a value, if it was given.
    ///
    /// # Errors
    /// That of the value.
    pub(crate) fn add(
        mut self,
        name: &'static str,
        value: Option<Result<sea_orm::Value, ClientError>>,
    ) -> Result<Self, ClientError> {
        if let Some(value) = value.transpose()? {
            self.0.insert(name.to_owned(), json(value));
        }
        Ok(self)
    }
}

impl From<Document> for sea_orm::Value {
    fn from(document: Document) -> Self {
        Value::Object(document.0).into()
    }
}

fn json(value: sea_orm::Value) -> Value {
    match value {
        sea_orm::Value::String(Some(text)) => text.into(),
        sea_orm::Value::Int(Some(number)) => number.into(),
        sea_orm::Value::Bool(Some(yes)) => yes.into(),
        other => unreachable!(
            "`typed_json!` is used with fields of text, whole numbers and booleans only, not {other:?}"
        ),
    }
}
