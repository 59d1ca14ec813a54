//! Free-form values.

use async_graphql::{InputValueResult, Scalar, ScalarType, Value};
use rows::JsonText;

/// The scalar `JSON`, over what the database stores as `jsonb`.
///
/// Not `serde_json::Value` itself, which async-graphql turns into the text of the value where a
/// resolver is not asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub serde_json::Value);

/// A value without a shape that the schema could promise: an object, a list, text, a number, a
/// boolean or null.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        shown(&self.0)
    }
}

impl rows::Scalar<serde_json::Value> for Json {
    fn value(stored: &serde_json::Value) -> Value {
        shown(stored)
    }

    fn write(stored: &serde_json::Value, json: &mut JsonText) {
        json.json(stored);
    }
}

fn shown(stored: &serde_json::Value) -> Value {
    async_graphql::to_value(stored).expect("whatever is JSON is a GraphQL value")
}

#[cfg(test)]
mod tests {
    use async_graphql::ScalarType;
    use rows::Scalar;
    use serde_json::json;

    use super::Json;

    #[test]
    fn a_value_shows_as_itself_and_comes_back() {
        let stored =
            json!({"list": [1, -2, 3.5, u64::MAX], "text": "t", "odd key\n": null, "yes": true});
        let shown = <Json as Scalar<serde_json::Value>>::value(&stored);
        assert_eq!(shown.clone().into_json().expect("it is JSON"), stored);
        assert_eq!(Json::parse(shown).expect("it is JSON"), Json(stored));
    }
}
