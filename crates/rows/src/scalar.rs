use std::borrow::Cow;

use async_graphql::{ID, InputType, OutputType, Value};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use uuid::Uuid;

use crate::JsonText;

/// How a stored value of type `V` becomes a GraphQL scalar or enum.
///
/// Implemented by the GraphQL-facing type, so that a crate can say how its own scalar shows a
/// storage type of another crate. The type's name, its nullability and its entry in the schema are
/// those of its [`OutputType`]. `value` must not answer null unless that type is nullable: a null
/// in a non-null field is a field error.
#[diagnostic::on_unimplemented(
    message = "the GraphQL type `{Self}` does not know how to show a stored `{V}`",
    note = "implement `rows::Scalar<{V}>` for `{Self}`, or declare the field with another type",
    note = "an object type needs a loader: `field: Type = key -> loader`"
)]
pub trait Scalar<V: ?Sized>: OutputType {
    /// The stored value as GraphQL shows it.
    fn value(stored: &V) -> Value;

    /// Writes the stored value as JSON: the very bytes that [`Scalar::value`] is written as. By way
    /// of that value, unless there is a shorter one.
    fn write(stored: &V, json: &mut JsonText) {
        json.value(&Self::value(stored));
    }
}

/// Types that are stored the way they are shown.
macro_rules! same {
    ($($scalar:ty $(=> |$stored:ident, $json:ident| $write:expr)?),* $(,)?) => {$(
        impl Scalar<$scalar> for $scalar {
            fn value(stored: &$scalar) -> Value {
                InputType::to_value(stored)
            }

            $(fn write($stored: &$scalar, $json: &mut JsonText) {
                $write;
            })?
        }
    )*};
}

same! {
    String => |stored, json| json.text(stored),
    ID => |stored, json| json.text(stored),
    bool => |stored, json| json.boolean(*stored),
    i8 => |stored, json| json.integer((*stored).into()),
    i16 => |stored, json| json.integer((*stored).into()),
    i32 => |stored, json| json.integer((*stored).into()),
    i64 => |stored, json| json.integer(*stored),
    u8 => |stored, json| json.integer((*stored).into()),
    u16 => |stored, json| json.integer((*stored).into()),
    u32 => |stored, json| json.integer((*stored).into()),
    f32,
    f64,
    Uuid => |stored, json| json.uuid(*stored),
    DateTime<Utc> => |stored, json| json.moment(stored),
    DateTime<FixedOffset>,
    NaiveDate => |stored, json| json.day(*stored),
    NaiveDateTime,
    NaiveTime,
}

/// What is stored in another form than it is shown in, and shows as text.
macro_rules! text {
    ($($scalar:ty as $stored:ty => |$value:ident, $json:ident| $write:expr),* $(,)?) => {$(
        impl Scalar<$stored> for $scalar {
            fn value(stored: &$stored) -> Value {
                Value::String((*stored).to_string())
            }

            fn write($value: &$stored, $json: &mut JsonText) {
                $write;
            }
        }
    )*};
}

text! {
    String as str => |stored, json| json.text(stored),
    String as &str => |stored, json| json.text(stored),
    String as Cow<'_, str> => |stored, json| json.text(stored),
    String as Uuid => |stored, json| json.uuid(*stored),
    ID as str => |stored, json| json.text(stored),
    ID as &str => |stored, json| json.text(stored),
    ID as Cow<'_, str> => |stored, json| json.text(stored),
    ID as Uuid => |stored, json| json.uuid(*stored),
    ID as String => |stored, json| json.text(stored),
    ID as i32 => |stored, json| json.displayed(stored),
    ID as i64 => |stored, json| json.displayed(stored),
}

impl<S: Scalar<V>, V> Scalar<Option<V>> for Option<S> {
    fn value(stored: &Option<V>) -> Value {
        stored.as_ref().map_or(Value::Null, S::value)
    }

    fn write(stored: &Option<V>, json: &mut JsonText) {
        match stored {
            Some(stored) => S::write(stored, json),
            None => json.null(),
        }
    }
}

impl<S: Scalar<V>, V> Scalar<Vec<V>> for Vec<S> {
    fn value(stored: &Vec<V>) -> Value {
        Value::List(stored.iter().map(S::value).collect())
    }

    fn write(stored: &Vec<V>, json: &mut JsonText) {
        json.list(stored, |json, stored| S::write(stored, json));
    }
}
