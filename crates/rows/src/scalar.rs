use std::borrow::Cow;

use async_graphql::{ID, InputType, OutputType, Value};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use uuid::Uuid;

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
}

/// Types that are stored the way they are shown.
macro_rules! same {
    ($($scalar:ty),* $(,)?) => {$(
        impl Scalar<$scalar> for $scalar {
            fn value(stored: &$scalar) -> Value {
                InputType::to_value(stored)
            }
        }
    )*};
}

same!(
    String, bool, i8, i16, i32, i64, u8, u16, u32, f32, f64, ID, Uuid
);
same!(
    DateTime<Utc>,
    DateTime<FixedOffset>,
    NaiveDate,
    NaiveDateTime,
    NaiveTime
);

/// Strings that are stored in another form.
macro_rules! text {
    ($($stored:ty),*) => {$(
        impl Scalar<$stored> for String {
            fn value(stored: &$stored) -> Value {
                Value::String((*stored).to_string())
            }
        }

        impl Scalar<$stored> for ID {
            fn value(stored: &$stored) -> Value {
                Value::String((*stored).to_string())
            }
        }
    )*};
}

text!(str, &str, Cow<'_, str>, Uuid);

/// Ids stored as text or as a number.
macro_rules! id {
    ($($stored:ty),*) => {$(
        impl Scalar<$stored> for ID {
            fn value(stored: &$stored) -> Value {
                Value::String(stored.to_string())
            }
        }
    )*};
}

id!(String, i32, i64);

impl<S: Scalar<V>, V> Scalar<Option<V>> for Option<S> {
    fn value(stored: &Option<V>) -> Value {
        stored.as_ref().map_or(Value::Null, S::value)
    }
}

impl<S: Scalar<V>, V> Scalar<Vec<V>> for Vec<S> {
    fn value(stored: &Vec<V>) -> Value {
        Value::List(stored.iter().map(S::value).collect())
    }
}
