//! What the schema's directives say of a field.

use async_graphql::{
    Value as ConstValue,
    parser::types::Field,
    registry::{MetaDirectiveInvocation, MetaField},
};
use async_graphql_value::Value;

use super::{Size, items as number};

/// How many items a list has that the schema says nothing about.
pub(super) const UNSAID: u64 = 10;

/// What `@cost` says.
pub(super) fn weight(directives: &[MetaDirectiveInvocation]) -> u64 {
    let cost = directives.iter().find(|directive| directive.name == "cost");
    match cost.and_then(|cost| cost.args.get("weight")) {
        Some(ConstValue::String(weight)) => weight.parse().unwrap_or_default(),
        _ => 0,
    }
}

/// The fields of an object that are lists of a size which is known further up.
#[derive(Clone)]
pub(super) struct Sized<'d> {
    pub(super) fields: &'d [ConstValue],
    pub(super) size: Size,
}

/// What `@listSize` says of a field.
pub(super) fn list_size<'d>(found: &'d MetaField, field: &Field) -> Option<Sized<'d>> {
    let mut directives = found.directive_invocations.iter();
    let declared = directives.find(|directive| directive.name == "listSize")?;
    let assumed = declared.args.get("assumedSize").and_then(number);
    let assumed = assumed.unwrap_or(UNSAID);
    let (mut variables, mut literal) = (Vec::new(), None);
    for (name, value) in &field.arguments {
        if !names(list(declared, "slicingArguments"), &name.node) {
            continue;
        }
        match &value.node {
            Value::Variable(name) => variables.push(name.clone()),
            value => {
                let value = value.clone().into_const();
                literal = literal.max(value.as_ref().and_then(number));
            }
        }
    }
    let size = if variables.is_empty() {
        Size::Fixed(literal.unwrap_or(assumed))
    } else {
        Size::Largest {
            variables,
            literal,
            assumed,
        }
    };
    Some(Sized {
        fields: list(declared, "sizedFields"),
        size,
    })
}

fn list<'d>(directive: &'d MetaDirectiveInvocation, argument: &str) -> &'d [ConstValue] {
    match directive.args.get(argument) {
        Some(ConstValue::List(names)) => names,
        _ => &[],
    }
}

/// Whether one of the texts is the name.
pub(super) fn names(texts: &[ConstValue], name: &str) -> bool {
    let mut texts = texts.iter();
    texts.any(|text| matches!(text, ConstValue::String(text) if text == name))
}
