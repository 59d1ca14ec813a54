//! The bytes of an answer.

use async_graphql::Response;
use rows::JsonText;

/// A response, byte for byte as serde_json writes it; but rows that are JSON already are copied, where
/// serde_json would read them once more. One that was not `executed` has no data, not even null: that
/// is how a client tells (section 7.1 of the specification).
pub(super) fn body(response: &Response, executed: bool) -> String {
    let mut json = JsonText::with_room_for(&response.data);
    json.raw("{");
    if !response.errors.is_empty() {
        let errors = serde_json::to_string(&response.errors);
        json.raw("\"errors\":");
        json.raw(&errors.expect("texts, numbers and values, under keys that are strings"));
        json.raw(if executed { "," } else { "" });
    }
    if executed {
        json.raw("\"data\":");
        json.value(&response.data);
        if !response.extensions.is_empty() {
            json.raw(",\"extensions\":");
            json.object(&response.extensions);
        }
    }
    json.raw("}");
    json.into_string()
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, PathSegment, Pos, Response, ServerError, Value, value};

    use super::body;

    fn assert_as_serialized(response: &Response) {
        let expected = serde_json::to_string(response).expect("a response is JSON");
        assert_eq!(body(response, true), expected);
    }

    #[test]
    fn values_are_written_as_serde_json_does() {
        let text = "plain, \"quoted\", \\, \u{8}\u{c}\n\r\t\u{1}\u{7f}, grün, 😀";
        let mut response = Response::new(value!({
            "texts": [text, "", "\"", "a\\", "\u{0}"],
            "numbers": [0, -1, 9_223_372_036_854_775_807_i64, 18_446_744_073_709_551_615_u64,
                0.1, -0.0, 1e300, 1.0, 5e-324, 1e16],
            "others": [null, true, false, [], {}, {"a": {"b": [[]]}}],
        }));
        assert_as_serialized(&response);
        let Value::Object(data) = &mut response.data else {
            panic!("an object");
        };
        data.insert(Name::new("enum"), Value::Enum(Name::new("DRAFT")));
        data.insert(Name::new("bytes"), Value::Binary(vec![0, 255].into()));
        assert_as_serialized(&response);
        assert_as_serialized(&Response::default());
    }

    #[test]
    fn errors_stand_before_the_data_and_extensions_behind_it() {
        let mut error = ServerError::new("no \"such\" thing", Some(Pos { line: 1, column: 3 }));
        error.path = vec![PathSegment::Field("a".to_owned()), PathSegment::Index(0)];
        error
            .extensions
            .get_or_insert_default()
            .set("code", "NOT_FOUND");
        let mut response = Response::new(value!({ "a": [null] }));
        response.errors = vec![error, ServerError::new("another", None)];
        assert_as_serialized(&response);
        response = response.extension("transaction", Value::from("committed"));
        response = response.extension("more", value!({ "list": [1, "two"] }));
        assert_as_serialized(&response);
    }

    #[test]
    fn what_was_not_executed_has_no_data() {
        let response = Response::from_errors(vec![ServerError::new("no", None)]);
        assert_eq!(body(&response, false), r#"{"errors":[{"message":"no"}]}"#);
    }

    /// Whoever stores such a document must not be able to write into the answer of a server that
    /// copies what is marked as JSON.
    #[test]
    fn a_stored_document_is_never_taken_for_json() {
        for text in ["no JSON", "{\"valid\":1}"] {
            let response = Response::new(value!({ "$serde_json::private::RawValue": text }));
            let expected = serde_json::to_string(text).expect("text is JSON");
            let data = format!("{{\"$serde_json::private::RawValue\":{expected}}}");
            assert_eq!(body(&response, true), format!("{{\"data\":{data}}}"));
        }
    }
}
