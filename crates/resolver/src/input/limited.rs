//! Whole numbers and lines of text with limits, for what no column's type limits.

use std::borrow::Cow;

use async_graphql::{InputType, InputValueError, InputValueResult, Value, registry::Registry};

use super::{Path, Stored};
use crate::error::{ClientError, Code};

/// A whole number from `MIN` to `MAX`, both included; an `Int` in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between<const MIN: i32, const MAX: i32>(pub(crate) i32);

impl<const MIN: i32, const MAX: i32> Between<MIN, MAX> {
    /// The number, if it is within the limits.
    pub(crate) fn checked(self, at: &Path<'_>) -> Result<i32, ClientError> {
        if (MIN..=MAX).contains(&self.0) {
            return Ok(self.0);
        }
        let problem = format!("must be from {MIN} to {MAX}, not {}", self.0);
        Err(ClientError::at(Code::BadUserInput, at, problem))
    }
}

impl<const MIN: i32, const MAX: i32> Stored for Between<MIN, MAX> {
    fn stored(self, at: &Path<'_>) -> Result<sea_orm::Value, ClientError> {
        self.checked(at).map(Into::into)
    }
}

impl<const MIN: i32, const MAX: i32> InputType for Between<MIN, MAX> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <i32 as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <i32 as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        i32::parse(value)
            .map(Self)
            .map_err(InputValueError::propagate)
    }

    fn to_value(&self) -> Value {
        self.0.into()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// Text of `MAX` characters at most that is not blank; a `String` in the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Stored for Line<MAX> {
    fn stored(self, at: &Path<'_>) -> Result<sea_orm::Value, ClientError> {
        let length = self.0.chars().count();
        let problem = match length {
            _ if self.0.trim().is_empty() => "may not be blank".to_owned(),
            _ if length > MAX => format!("is {length} characters long; {MAX} are the most"),
            _ => return self.0.stored(at),
        };
        Err(ClientError::at(Code::BadUserInput, at, problem))
    }
}

impl<const MAX: usize> InputType for Line<MAX> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <String as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <String as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        String::parse(value)
            .map(Self)
            .map_err(InputValueError::propagate)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
