//! What is to be written into a row.

use async_graphql::MaybeUndefined;
use sea_orm::{ColumnTrait, ColumnType, IdenStatic, Value, sea_query::StringLen};

use super::{Path, Stored, Written};
use crate::{
    error::{ClientError, Code},
    table::{Column, Table},
};

/// The columns of a row of `T` that an input gives a value, each with the input's field.
pub(crate) struct Changes<T: Table> {
    values: Vec<(Column<T>, &'static str, Value)>,
}

/// A value of an input: left out, null, or there.
pub(crate) enum Given<V> {
    /// The column stays as it is, or gets its default.
    LeftOut,
    /// The column is emptied.
    Null,
    /// The column gets this.
    Value(V),
}

impl<V> From<MaybeUndefined<V>> for Given<V> {
    fn from(value: MaybeUndefined<V>) -> Self {
        match value {
            MaybeUndefined::Undefined => Self::LeftOut,
            MaybeUndefined::Null => Self::Null,
            MaybeUndefined::Value(value) => Self::Value(value),
        }
    }
}

impl<V> From<Option<V>> for Given<V> {
    /// A new row has nothing to empty: null is the same as nothing.
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::LeftOut, Self::Value)
    }
}

impl<T: Table> Changes<T> {
    /// No change.
    pub(crate) fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// Adds the value of the input's `field`, which stands below `at`.
    ///
    /// # Errors
    /// For a value that means nothing, or that the column can not hold.
    pub(crate) fn give<V: Stored>(
        &mut self,
        at: &Path<'_>,
        field: &'static str,
        column: Column<T>,
        value: impl Into<Given<V>>,
    ) -> Result<(), ClientError> {
        let at = at.field(field);
        let value = match value.into() {
            Given::LeftOut => return Ok(()),
            Given::Null if column.def().is_null() => null(column),
            Given::Null => {
                let problem = "can not be null; leave it out to keep it as it is";
                return Err(ClientError::at(Code::BadUserInput, at, problem));
            }
            Given::Value(value) => fitting(value.stored(&at)?, column, &at)?,
        };
        self.values.push((column, field, value));
        Ok(())
    }

    /// Adds a value of the gateway's own making.
    pub(crate) fn set(&mut self, column: Column<T>, value: impl Into<Value>) {
        self.values.push((column, "", value.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value that a column is to get.
    pub(crate) fn get(&self, column: Column<T>) -> Option<&Value> {
        let mut values = self.values.iter();
        values
            .find(|(given, ..)| given.as_str() == column.as_str())
            .map(|(.., value)| value)
    }

    /// Where the columns' values stand, for errors.
    pub(crate) fn written<'w>(&self, at: &'w Path<'w>) -> Written<'w> {
        let mut written = Written::rows::<T>(at);
        written.add(self, None);
        written
    }

    /// Columns, the fields they were given in ("" for those of the gateway's own making), and values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Column<T>, &'static str, &Value)> {
        let values = self.values.iter();
        values.map(|(column, field, value)| (*column, *field, value))
    }

    /// The columns that are to change.
    pub(crate) fn columns(&self) -> Vec<Column<T>> {
        self.values.iter().map(|(column, ..)| *column).collect()
    }

    /// Columns and values.
    pub(crate) fn into_values(self) -> impl Iterator<Item = (Column<T>, Value)> {
        self.values
            .into_iter()
            .map(|(column, _, value)| (column, value))
    }
}

/// The null of a column's type.
fn null<C: ColumnTrait>(column: C) -> Value {
    match column.def().get_column_type() {
        ColumnType::Uuid => Value::Uuid(None),
        ColumnType::Integer => Value::Int(None),
        ColumnType::BigInteger => Value::BigInt(None),
        ColumnType::Boolean => Value::Bool(None),
        ColumnType::TimestampWithTimeZone => Value::ChronoDateTimeUtc(None),
        ColumnType::JsonBinary => Value::Json(None),
        _ => Value::String(None),
    }
}

/// Text no longer than its column, and not blank where there must be some.
fn fitting<C: ColumnTrait>(value: Value, column: C, at: &Path<'_>) -> Result<Value, ClientError> {
    let Value::String(Some(text)) = &value else {
        return Ok(value);
    };
    let (column, refused) = (column.def(), |problem: String| {
        Err(ClientError::at(Code::BadUserInput, at, problem))
    });
    if !column.is_null() && text.trim().is_empty() {
        return refused("may not be blank".to_owned());
    }
    let longest = match column.get_column_type() {
        ColumnType::String(StringLen::N(longest)) => *longest as usize,
        _ => LONGEST_TEXT,
    };
    let length = text.chars().count();
    if length > longest {
        return refused(format!(
            "is {length} characters long; {longest} are the most"
        ));
    }
    Ok(value)
}

/// Most characters of text whose column has no limit of its own.
pub(crate) const LONGEST_TEXT: usize = 200_000;
