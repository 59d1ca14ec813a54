//! Aggregates: numbers about a whole list, and about its groups.
//!
//! Each connection has `aggregates` and `groups` beside its rows. Both are over all rows that the
//! connection's filter lets through, whatever the page; only what is selected is computed, in one
//! statement for all parents of a level. What an object has to aggregate is declared in its file
//! with [`aggregates!`], never derived from its table.
//!
//! * `figures`: which numbers are asked for, and what they are;
//! * `object`, `group`: the GraphQL objects that show them;
//! * `group_by`, `having`, `grouping`: the arguments of `groups`;
//! * `statement`: the SQL.

mod camel;
mod declare;
mod figures;
mod group;
mod group_by;
mod grouping;
mod having;
mod object;
pub(crate) mod statement;

use async_graphql::Value;
use chrono::{DateTime, Utc};
use rows::{Field, Scalar};
use sea_orm::DbErr;
use tenant::Row;

use crate::{
    loader::RawKey,
    scalar::BigInt,
    table::{Column, Table},
};

pub(crate) use camel::Camel;
pub(crate) use declare::aggregates;
pub use figures::{FigureSet, Figures, Function};
pub use group::{Group, GroupDates, GroupKey, GroupRow, KeyRow, KeyValue};
pub(crate) use group_by::Unit;
pub use grouping::MAX_GROUPS;
pub(crate) use grouping::{GroupArguments, Grouping, parse_zone};
pub use object::{Aggregates, Average, Max, Min, Sum};

/// What can be aggregated of an object's rows; made by [`aggregates!`].
pub trait Aggregated: Table {
    /// What has a smallest and a largest value; the numbers among them have a sum and an average.
    const MEASURES: &'static [Measure<Column<Self>>];
    /// What rows can be grouped by.
    const DIMENSIONS: &'static [Dimension<Column<Self>>];
    /// The fields of the object with the smallest values.
    const MIN: &'static [Field<Min<Self>>];
    /// The fields of the object with the largest values.
    const MAX: &'static [Field<Max<Self>>];
    /// The fields of the object with the sums; none without numbers.
    const SUM: &'static [Field<Sum<Self>>];
    /// The fields of the object with the averages; none without numbers.
    const AVERAGE: &'static [Field<Average<Self>>];
    /// The fields of a group's key.
    const KEY_FIELDS: &'static [Field<GroupKey<Self>>];
}

/// Reads a column of an answer.
pub(crate) type Read<V> = fn(&Row, &str) -> Result<V, DbErr>;

/// A column that has a smallest and a largest value.
pub struct Measure<C> {
    /// The name in GraphQL.
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) column: C,
    /// Whether there is a sum and an average.
    pub(crate) number: bool,
    /// Reads the smallest or largest value.
    pub(crate) read: Read<Value>,
}

/// A column that rows can be grouped by.
pub struct Dimension<C> {
    /// The name as columns are spelled; the enum's value is the same in capitals.
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) column: C,
    pub(crate) kind: DimensionKind,
}

/// How a column groups rows.
pub(crate) enum DimensionKind {
    /// By its value, which the function reads.
    Value(Read<Value>),
    /// By the row it refers to, whose id the function reads.
    Row(Read<Option<(Value, RawKey)>>),
    /// By the day, week or month of its moment.
    Time,
}

/// A GraphQL type whose values an answer can hold as they are.
pub(crate) trait Readable {
    /// The value as GraphQL shows it; null if there is none.
    fn read(row: &Row, column: &str) -> Result<Value, DbErr>;
}

macro_rules! readable {
    ($($shown:ty as $stored:ty),* $(,)?) => {$(
        impl Readable for $shown {
            fn read(row: &Row, column: &str) -> Result<Value, DbErr> {
                let stored: Option<$stored> = row.named(column)?;
                Ok(<Option<$shown> as Scalar<Option<$stored>>>::value(&stored))
            }
        }
    )*};
}

readable! {
    bool as bool, i16 as i16, i32 as i32, BigInt as i64, f64 as f64, String as String,
    DateTime<Utc> as DateTime<Utc>,
}

/// Reads the id of a row.
pub(crate) fn read_id<T: Table>(row: &Row, column: &str) -> Result<Option<(Value, RawKey)>, DbErr> {
    let id: Option<T::Id> = row.named(column)?;
    Ok(id.map(|id| (Value::String(id.to_string()), RawKey::of(id))))
}
