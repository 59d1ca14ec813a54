//! 64 bit numbers.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use rows::JsonText;

/// The scalar `BigInt`, over what the database stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BigInt(pub i64);

/// A whole number of 64 bits, as a JSON number; amounts of money are in minor units (cents).
#[Scalar]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or_else(|| {
                InputValueError::custom("give a whole number of 64 bits at most, with its sign")
            }),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

impl rows::Scalar<i64> for BigInt {
    fn value(stored: &i64) -> Value {
        Value::from(*stored)
    }

    fn write(stored: &i64, json: &mut JsonText) {
        json.integer(*stored);
    }
}

impl From<BigInt> for sea_orm::Value {
    fn from(number: BigInt) -> Self {
        number.0.into()
    }
}
