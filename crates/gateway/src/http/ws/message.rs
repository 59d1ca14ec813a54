//! The protocol's messages.

use async_graphql::ServerError;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::close::Close;

/// From the client.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    ConnectionInit {
        payload: Option<Map<String, Value>>,
    },
    Ping {
        payload: Option<Map<String, Value>>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Map<String, Value>,
    },
    Complete {
        id: String,
    },
}

impl Incoming {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        serde_json::from_str(text)
            .map_err(|error| Close::bad_message(format!("Invalid message: {error}")))
    }
}

/// What of a payload stands in for the headers of a request: a browser can send none with an upgrade.
pub(super) fn headers(payload: &Map<String, Value>) -> HeaderMap {
    const NAMES: [&str; 3] = ["authorization", "x-tenant-id", "x-staff-reason"];
    let mut headers = HeaderMap::new();
    for (name, value) in payload {
        let name = name.to_ascii_lowercase();
        let known = NAMES.into_iter().find(|known| *known == name);
        if let (Some(name), Some(Ok(value))) = (known, value.as_str().map(HeaderValue::try_from)) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

pub(super) fn acknowledged() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

pub(super) fn pong(payload: Option<&Map<String, Value>>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// An answer, which is JSON already.
pub(super) fn next(id: &str, answer: &str) -> String {
    let id = Value::from(id);
    format!(r#"{{"id":{id},"type":"next","payload":{answer}}}"#)
}

pub(super) fn error(id: &str, errors: &[ServerError]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Incoming, headers, next};

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","payload":{}}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
        ] {
            assert!(Incoming::read(text).is_err(), "{text}");
        }
        for text in [
            r#"{"type":"connection_init"}"#,
            r#"{"type":"connection_init","payload":null}"#,
            r#"{"type":"pong","payload":{"a":1}}"#,
            r#"{"type":"complete","id":"1"}"#,
        ] {
            assert!(Incoming::read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_payload_stands_in_for_headers_however_they_are_written() {
        let text = r#"{"Authorization":"Bearer x","X-Tenant-Id":"tnt_1","Cookie":"a","host":3}"#;
        let payload = serde_json::from_str(text).expect("an object");
        let headers = headers(&payload);
        assert_eq!(headers.len(), 2);
        assert_eq!(headers["authorization"], "Bearer x");
    }

    #[test]
    fn an_id_is_written_as_json() {
        let message = next("a\"b", r#"{"data":1}"#);
        assert_eq!(
            message,
            r#"{"id":"a\"b","type":"next","payload":{"data":1}}"#
        );
    }
}
