//! Values for the types of the schema, most of them right.

use std::collections::HashMap;

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use rand::{Rng, rngs::SmallRng};
use serde_json::{Value, json};

/// The types of the schema, read from its text.
pub(super) struct Types(HashMap<String, TypeDefinition>);

impl Types {
    pub(super) fn read() -> Self {
        let schema = parse_schema(crate::sdl()).expect("the SDL is GraphQL");
        let definitions = schema.definitions.into_iter();
        Self(
            definitions
                .filter_map(|definition| match definition {
                    TypeSystemDefinition::Type(found) => {
                        Some((found.node.name.node.to_string(), found.node))
                    }
                    _ => None,
                })
                .collect(),
        )
    }

    pub(super) fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.0.get(name).map(|found| &found.kind)
    }

    /// A value for an argument or a field of an input; `None` leaves it out.
    pub(super) fn given(
        &self,
        rng: &mut SmallRng,
        definition: &InputValueDefinition,
        depth: usize,
    ) -> Option<Value> {
        let expected = &definition.ty.node;
        let optional = expected.nullable || definition.default_value.is_some();
        let is_omitted = if optional {
            depth > 4 || rng.random_ratio(1, 2)
        } else {
            rng.random_ratio(1, 200)
        };
        (!is_omitted).then(|| self.value(rng, expected, depth))
    }

    fn value(&self, rng: &mut SmallRng, expected: &Type, depth: usize) -> Value {
        if rng.random_ratio(1, if expected.nullable { 6 } else { 100 }) {
            return Value::Null;
        }
        if rng.random_ratio(1, 60) {
            return stray(rng);
        }
        match &expected.base {
            // A single value stands for a list of one.
            BaseType::List(inner) if rng.random_ratio(1, 8) => self.value(rng, inner, depth),
            BaseType::List(inner) => {
                let length = rng.random_range(0..3);
                (0..length).map(|_| self.value(rng, inner, depth)).collect()
            }
            BaseType::Named(name) => self.named(rng, name.as_str(), depth),
        }
    }

    fn named(&self, rng: &mut SmallRng, name: &str, depth: usize) -> Value {
        match (self.kind(name), self.0.get(name)) {
            (Some(TypeKind::Enum(found)), _) => {
                let at = rng.random_range(0..found.values.len());
                json!(found.values[at].node.value.node.as_str())
            }
            (Some(TypeKind::InputObject(found)), Some(definition)) => {
                let directives = &definition.directives;
                let one_of = directives
                    .iter()
                    .any(|found| found.node.name.node == "oneOf");
                let mut fields = serde_json::Map::new();
                if one_of && rng.random_ratio(9, 10) {
                    let at = rng.random_range(0..found.fields.len());
                    let field = &found.fields[at].node;
                    let value = self.value(rng, &field.ty.node, depth + 1);
                    fields.insert(field.name.node.to_string(), value);
                } else {
                    for field in &found.fields {
                        if let Some(value) = self.given(rng, &field.node, depth + 1) {
                            fields.insert(field.node.name.node.to_string(), value);
                        }
                    }
                }
                if rng.random_ratio(1, 60) {
                    fields.insert("unknown".to_owned(), json!(1));
                }
                Value::Object(fields)
            }
            _ => scalar(rng, name),
        }
    }
}

fn scalar(rng: &mut SmallRng, name: &str) -> Value {
    match name {
        "Int" => json!(
            [
                0_i64,
                5,
                -1,
                2_147_483_647,
                2_147_483_648,
                9_007_199_254_740_993
            ][rng.random_range(0..6)]
        ),
        "Float" => json!([0.5, 3.0, -1.0e300][rng.random_range(0..3)]),
        "Boolean" => json!(rng.random::<bool>()),
        "ID" => [json!("0195-no-id"), json!(7), json!(uuid::Uuid::nil())][rng.random_range(0..3)]
            .clone(),
        _ => json!(["", "a text", "2026-01-01T00:00:00Z", "2026-01-01"][rng.random_range(0..4)]),
    }
}

/// A value of a type that somebody else wanted.
fn stray(rng: &mut SmallRng) -> Value {
    let strays = [
        json!("text"),
        json!(1),
        json!(1.5),
        json!(true),
        json!([]),
        json!([[1]]),
        json!({}),
        json!({ "eq": 1 }),
    ];
    strays[rng.random_range(0..strays.len())].clone()
}
