//! Ids in inputs.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{ID, InputType, InputValueError, InputValueResult, Value, registry::Registry};
use entity::id::TypedId;

use super::{Path, Stored};
use crate::error::{ClientError, Code};

/// The id of a row of one kind; an `ID` in the schema. Whether there is such a row is found out by
/// the statement that uses it.
#[derive(Clone, Debug)]
pub struct Reference<I> {
    text: ID,
    kind: PhantomData<fn() -> I>,
}

impl<I: TypedId> Reference<I> {
    /// The id.
    ///
    /// # Errors
    /// `INVALID_ID` for an id of another kind, or none at all.
    pub(crate) fn typed(&self, at: &Path<'_>) -> Result<I, ClientError> {
        self.text.parse().map_err(|error| {
            ClientError::at(Code::InvalidId, at, format!("is not usable: {error}"))
        })
    }
}

impl<I: TypedId> Stored for Reference<I> {
    fn stored(self, at: &Path<'_>) -> Result<sea_orm::Value, ClientError> {
        self.typed(at).map(TypedId::into_value)
    }
}

impl<I: TypedId> InputType for Reference<I> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let text = ID::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self {
            text,
            kind: PhantomData,
        })
    }

    fn to_value(&self) -> Value {
        InputType::to_value(&self.text)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
