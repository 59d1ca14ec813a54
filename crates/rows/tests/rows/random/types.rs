//! A schema's types, as introspection tells them.

use async_graphql::{EmptyMutation, EmptySubscription, ObjectType, Schema};
use serde_json::Value;

use crate::equal::INTROSPECTION;

pub struct Types {
    pub query: String,
    types: Vec<Type>,
}

pub struct Type {
    pub name: String,
    pub fields: Vec<Field>,
    /// Itself, and the interfaces or objects that a fragment on it may name.
    pub conditions: Vec<String>,
}

pub struct Field {
    pub name: String,
    /// Its innermost type.
    pub of: String,
    pub arguments: Vec<Argument>,
}

pub struct Argument {
    pub name: String,
    /// As GraphQL writes it: `[Int!]!`.
    pub of: String,
    pub optional: bool,
}

impl Types {
    pub async fn of<Q: ObjectType + 'static>(
        schema: &Schema<Q, EmptyMutation, EmptySubscription>,
    ) -> Self {
        let response = schema.execute(INTROSPECTION).await;
        let data = response.data.into_json().expect("an answer is JSON");
        let schema = &data["__schema"];
        let composite = |found: &&Value| {
            ["OBJECT", "INTERFACE"].contains(&text(&found["kind"]))
                && !text(&found["name"]).starts_with("__")
        };
        Self {
            query: text(&schema["queryType"]["name"]).to_owned(),
            types: list(&schema["types"]).filter(composite).map(ty).collect(),
        }
    }

    /// An object or interface; none for a scalar or enum.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|found| found.name == name)
    }
}

fn ty(found: &Value) -> Type {
    let name = text(&found["name"]).to_owned();
    let others = list(&found["interfaces"]).chain(list(&found["possibleTypes"]));
    let others = others.map(|other| text(&other["name"]).to_owned());
    Type {
        fields: list(&found["fields"]).map(field).collect(),
        conditions: std::iter::once(name.clone()).chain(others).collect(),
        name,
    }
}

fn field(found: &Value) -> Field {
    Field {
        name: text(&found["name"]).to_owned(),
        of: innermost(&found["type"]).to_owned(),
        arguments: list(&found["args"])
            .map(|argument| Argument {
                name: text(&argument["name"]).to_owned(),
                of: written(&argument["type"]),
                optional: argument["type"]["kind"] != "NON_NULL"
                    || !argument["defaultValue"].is_null(),
            })
            .collect(),
    }
}

fn innermost(found: &Value) -> &str {
    found["name"]
        .as_str()
        .unwrap_or_else(|| innermost(&found["ofType"]))
}

fn written(found: &Value) -> String {
    match text(&found["kind"]) {
        "NON_NULL" => format!("{}!", written(&found["ofType"])),
        "LIST" => format!("[{}]", written(&found["ofType"])),
        _ => text(&found["name"]).to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
