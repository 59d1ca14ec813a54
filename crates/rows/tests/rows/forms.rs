//! Both forms of an answer: what one says, the other says with the same bytes.

use async_graphql::{ObjectType, Request, Response, Schema, SubscriptionType, Value};
use rows::{JsonText, Output};

/// The key of the values that stand for finished JSON.
const JSON: &str = "$serde_json::private::RawValue";

/// Runs a request in both forms. The answer's tree, if the other one is the same to a client: errors in
/// their order, and data both as [`JsonText`] and as serde_json write it.
pub async fn execute<Q, M, S>(schema: &Schema<Q, M, S>, request: impl Fn() -> Request) -> Response
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let tree = schema.execute(request().data(Output::Tree)).await;
    let json = schema.execute(request().data(Output::Json)).await;
    let expected = serialized(&tree.data);
    assert_eq!(written(&json.data), expected);
    assert_eq!(serialized(&json.data), expected);
    assert_eq!(written(&tree.data), expected);
    let errors = |response: &Response| {
        serde_json::to_string_pretty(&response.errors).expect("errors are JSON")
    };
    assert_eq!(errors(&json), errors(&tree));
    tree
}

/// The order of keys is part of the answer.
pub fn serialized(data: &Value) -> String {
    serde_json::to_string(data).expect("an answer is JSON")
}

fn written(data: &Value) -> String {
    let mut json = JsonText::default();
    json.value(data);
    json.into_string()
}

/// How many of the root fields are finished JSON, and of how many.
pub fn finished(data: &Value) -> (usize, usize) {
    let Value::Object(fields) = data else {
        return (0, 0);
    };
    let is_json =
        |value: &&Value| matches!(value, Value::Object(value) if value.contains_key(JSON));
    (fields.values().filter(is_json).count(), fields.len())
}
