//! Conditions on ids.

use std::{borrow::Cow, marker::PhantomData};

use async_graphql::{
    ID, InputObject, InputType, InputValueError, InputValueResult, Value as GraphqlValue,
    registry::Registry,
};
use entity::id::TypedId;
use sea_orm::{ColumnTrait, Condition, Value};

use super::{
    ColumnFilter,
    column::{any_of, nullness},
};
use crate::{
    error::{ClientError, Code},
    input::Path,
};

/// Conditions on an id.
#[derive(InputObject, Clone, Debug, Default)]
pub struct IdFilter {
    /// Equal to.
    pub eq: Option<ID>,
    /// Different from; a missing value is not different.
    pub ne: Option<ID>,
    /// One of.
    #[graphql(name = "in")]
    pub any: Option<Vec<ID>>,
    /// Has no value (true) or has one (false).
    pub is_null: Option<bool>,
}

/// [`IdFilter`] on a column that holds ids of one kind; an id of another kind is refused.
#[derive(Clone, Debug)]
pub struct Ids<I> {
    input: IdFilter,
    kind: PhantomData<fn() -> I>,
}

impl<I: TypedId> InputType for Ids<I> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <IdFilter as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <IdFilter as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<GraphqlValue>) -> InputValueResult<Self> {
        let input = IdFilter::parse(value).map_err(InputValueError::propagate)?;
        Ok(Self {
            input,
            kind: PhantomData,
        })
    }

    fn to_value(&self) -> GraphqlValue {
        self.input.to_value()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<I: TypedId> ColumnFilter for Ids<I> {
    fn on<C: ColumnTrait>(&self, column: C, at: &Path<'_>) -> Result<Condition, ClientError> {
        let one = |id: &Option<ID>, name| {
            let id = id.as_ref().map(|id| parsed::<I>(id, &at.field(name)));
            id.transpose()
        };
        let any = self.input.any.as_ref().map(|ids| {
            let (at, ids) = (at.field("in"), ids.iter().enumerate());
            ids.map(|(index, id)| parsed::<I>(id, &at.item(index)))
                .collect::<Result<Vec<_>, _>>()
        });
        let any = any.transpose()?;
        Ok(Condition::all()
            .add_option(one(&self.input.eq, "eq")?.map(|id| column.eq(id)))
            .add_option(one(&self.input.ne, "ne")?.map(|id| column.ne(id)))
            .add_option(any.map(|ids| any_of(column, ids)))
            .add_option(self.input.is_null.map(|null| nullness(column, null))))
    }
}

fn parsed<I: TypedId>(id: &ID, at: &Path<'_>) -> Result<Value, ClientError> {
    id.parse::<I>()
        .map(TypedId::into_value)
        .map_err(|error| ClientError::at(Code::InvalidId, at, format!("is not usable: {error}")))
}
