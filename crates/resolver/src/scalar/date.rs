//! Days.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;
use rows::JsonText;

/// The scalar `Date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(pub NaiveDate);

/// A day of the calendar as ISO 8601 writes it: `2026-03-29`.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text
                .parse()
                .map(Self)
                .map_err(|_| InputValueError::custom("give a day such as 2026-03-29")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        shown(&self.0)
    }
}

impl rows::Scalar<NaiveDate> for Date {
    fn value(stored: &NaiveDate) -> Value {
        shown(stored)
    }

    fn write(stored: &NaiveDate, json: &mut JsonText) {
        json.day(*stored);
    }
}

fn shown(day: &NaiveDate) -> Value {
    Value::String(day.format("%Y-%m-%d").to_string())
}
