//! The header fields of a message, out of its `headers`.

use std::sync::Arc;

use serde_json::Value;

/// One field of the list.
pub struct EmailHeaderRow {
    name: String,
    value: String,
}

rows::object! {
    /// A field of a message's header.
    pub object EmailHeader(EmailHeaderRow) {
        /// Its name, as it was written.
        name: String,
        /// What it says, decoded.
        value: String,
    }
}

/// The fields of a list, in their order. What is none is left out: one odd entry must not hide the rest.
pub(super) fn email_headers(stored: &Value) -> Vec<Arc<EmailHeaderRow>> {
    let fields = stored.as_array().into_iter().flatten();
    fields.filter_map(read).map(Arc::new).collect()
}

fn read(field: &Value) -> Option<EmailHeaderRow> {
    let text = |key| field.get(key)?.as_str().map(str::to_owned);
    Some(EmailHeaderRow {
        name: text("name")?,
        value: text("value")?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::email_headers;

    #[test]
    fn odd_entries_do_not_hide_the_rest() {
        let stored = json!([
            {"name": "Subject", "value": "Hello"},
            {"name": "X-Spam-Score", "value": 3},
            "no field",
            {"name": "Received", "value": "by mx.example.test"},
        ]);
        let headers = email_headers(&stored);
        let names: Vec<&str> = headers.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Subject", "Received"]);
        assert_eq!(headers[1].value, "by mx.example.test");
        assert!(email_headers(&json!({"Subject": "Hello"})).is_empty());
    }
}
