//! Where in an argument a value stands that its type can not read.
//!
//! async-graphql names the types that it was reading, from the inside out, but not the fields. What is
//! wrong is looked for again, only after an argument could not be read.

use async_graphql::{
    Context, Value,
    registry::{MetaType, MetaTypeName, Registry},
};
use chrono::{DateTime, NaiveDate};

use crate::{
    error::{ClientError, Code},
    input::Path,
};

/// The error that names the first value of an argument of type `kind` that can not be read; `None` if
/// each by itself could be.
pub(super) fn find(ctx: &Context<'_>, argument: &str, kind: &str) -> Option<ClientError> {
    let arguments = ctx.field().arguments().ok()?;
    let (_, value) = arguments.iter().find(|(name, _)| name == argument)?;
    walk(rows::registry(ctx), kind, value, &Path::Argument(argument))
}

fn walk(types: &Registry, kind: &str, value: &Value, at: &Path<'_>) -> Option<ClientError> {
    let kind = match MetaTypeName::create(kind) {
        MetaTypeName::NonNull(kind) => return walk(types, kind, value, at),
        MetaTypeName::List(kind) => {
            let Value::List(items) = value else {
                return walk(types, kind, value, at);
            };
            let mut items = items.iter().enumerate();
            return items.find_map(|(index, item)| walk(types, kind, item, &at.item(index)));
        }
        MetaTypeName::Named(kind) => kind,
    };
    match (types.types.get(kind)?, value) {
        (_, Value::Null) => None,
        (MetaType::InputObject { input_fields, .. }, Value::Object(fields)) => {
            fields.iter().find_map(|(name, value)| {
                let field = input_fields.get(name.as_str())?;
                walk(types, &field.ty, value, &at.field(name))
            })
        }
        (MetaType::InputObject { .. }, _) => {
            let problem = format!("must be an object, a `{kind}`");
            Some(ClientError::at(Code::BadUserInput, at, problem))
        }
        (MetaType::Scalar { .. }, value) => {
            let problem = problem(kind, value)?;
            Some(ClientError::at(Code::BadUserInput, at, problem))
        }
        _ => None,
    }
}

/// What is wrong with the value of a scalar; `None` if nothing is, or for one that reads whatever has
/// its shape.
fn problem(scalar: &str, value: &Value) -> Option<&'static str> {
    let text = match value {
        Value::String(text) => text.as_str(),
        _ => "",
    };
    let number = match value {
        Value::Number(number) => number.as_i64(),
        _ => None,
    };
    let (fits, problem) = match scalar {
        "Int" => (
            number.is_some_and(|number| i32::try_from(number).is_ok()),
            "must be a whole number from -2147483648 to 2147483647",
        ),
        "BigInt" => (number.is_some(), "must be a whole number of 64 bits"),
        "DateTime" => (
            DateTime::parse_from_rfc3339(text).is_ok(),
            "is not a moment; give one such as `2026-02-03T04:05:06Z`",
        ),
        "Date" => (
            text.parse::<NaiveDate>().is_ok(),
            "is not a date; give one such as `2026-02-03`",
        ),
        _ => return None,
    };
    (!fits).then_some(problem)
}
