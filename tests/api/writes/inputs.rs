//! What the inputs of mutations can hold, as the schema has it.

use std::{collections::BTreeMap, sync::LazyLock};

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};

/// Something that an input can hold and that holds nothing further: a scalar, an enum, a filter.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Where it is in the input's JSON, items of lists by the first: `/steps/0/templateId`.
    pub pointer: String,
    /// Its type without `!` and `[]`.
    pub kind: String,
    /// What the schema says of it.
    pub docs: String,
    /// The input object that it is a field of, and its name there.
    pub parent: String,
    pub name: String,
}

impl Leaf {
    /// Its path as errors name it: `input.steps.0.templateId`.
    pub fn argument(&self) -> String {
        format!("input{}", self.pointer.replace('/', "."))
    }

    /// Numbers in what the schema says of it, such as its limits.
    pub fn numbers(&self) -> Vec<i64> {
        let words = self.docs.split(|c: char| !c.is_ascii_digit() && c != ',');
        words
            .filter_map(|word| word.trim_end_matches(',').replace(',', "").parse().ok())
            .collect()
    }
}

/// The leaves of an input type, filters included but not looked into.
pub fn leaves(kind: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect(kind, "", &mut leaves);
    leaves
}

/// Whether the field of an input type ends with `!`; `None` if there is none.
pub fn required(kind: &str, field: &str) -> Option<bool> {
    let fields = inputs().get(kind)?;
    fields
        .iter()
        .find(|found| found.name == field)
        .map(|found| found.required)
}

fn collect(kind: &str, pointer: &str, leaves: &mut Vec<Leaf>) {
    for field in &inputs()[kind] {
        let item = if field.list { "/0" } else { "" };
        let pointer = format!("{pointer}/{}{item}", field.name);
        if inputs().contains_key(&field.kind) && !field.kind.ends_with("Filter") {
            collect(&field.kind, &pointer, leaves);
            continue;
        }
        leaves.push(Leaf {
            pointer,
            kind: field.kind.clone(),
            docs: field.docs.clone(),
            parent: kind.to_owned(),
            name: field.name.clone(),
        });
    }
}

struct Field {
    name: String,
    kind: String,
    list: bool,
    required: bool,
    docs: String,
}

fn inputs() -> &'static BTreeMap<String, Vec<Field>> {
    static INPUTS: LazyLock<BTreeMap<String, Vec<Field>>> = LazyLock::new(parse);
    &INPUTS
}

fn parse() -> BTreeMap<String, Vec<Field>> {
    let document = parse_schema(resolver::sdl()).expect("the schema is GraphQL");
    let types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
    let inputs = types.filter_map(|definition| match definition.kind {
        TypeKind::InputObject(input) => {
            let fields = input.fields.iter().map(|field| Field::of(&field.node));
            Some((definition.name.node.to_string(), fields.collect()))
        }
        _ => None,
    });
    inputs.collect()
}

impl Field {
    fn of(field: &InputValueDefinition) -> Self {
        let kind = &field.ty.node;
        let docs = field.description.as_ref();
        Self {
            name: field.name.node.to_string(),
            list: matches!(kind.base, BaseType::List(_)),
            required: !kind.nullable,
            kind: named(kind),
            docs: docs.map(|docs| docs.node.clone()).unwrap_or_default(),
        }
    }
}

fn named(kind: &Type) -> String {
    match &kind.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(item) => named(item),
    }
}
