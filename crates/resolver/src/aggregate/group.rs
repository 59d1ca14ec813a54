//! The GraphQL objects of a list's groups.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use async_graphql::Value;
use chrono::NaiveDate;
use rows::{Cell, Field, Object};

use super::{Aggregated, Aggregates, Figures, Unit};
use crate::{
    loader::{RawKey, inside},
    scalar::Date,
};

/// A group of rows of `T`.
pub struct Group<T>(PhantomData<fn() -> T>);

/// What the rows of a group have in common.
pub struct GroupKey<T>(PhantomData<fn() -> T>);

/// What a [`Group`] is made of.
pub struct GroupRow {
    pub(crate) key: Arc<KeyRow>,
    pub(crate) figures: Arc<Figures>,
}

/// What a [`GroupKey`] is made of: the columns grouped by, each with its value.
#[derive(Debug)]
pub struct KeyRow(pub(crate) Vec<(&'static str, KeyValue)>);

/// What the rows of a group have in a column.
#[derive(Clone, Debug)]
pub enum KeyValue {
    /// A value, or null.
    Value(Value),
    /// The id of a row, and its key.
    Row(Option<(Value, RawKey)>),
    /// The first day of a day, week or month.
    Date(Unit, Option<NaiveDate>),
}

impl KeyRow {
    fn of<'k>(&'k self, column: &'k str) -> impl Iterator<Item = &'k KeyValue> {
        let values = self.0.iter();
        values
            .filter(move |(grouped, _)| *grouped == column)
            .map(|(_, value)| value)
    }

    /// Shows the value or id of a column; null if it is not grouped by.
    pub(crate) fn show(&self, column: &str, cell: Cell<'_>) {
        cell.value(match self.of(column).next() {
            Some(KeyValue::Value(value) | KeyValue::Row(Some((value, _)))) => value,
            _ => &Value::Null,
        });
    }

    /// The key of the row that a column refers to.
    pub(crate) fn row(&self, column: &str) -> Option<RawKey> {
        match self.of(column).next() {
            Some(KeyValue::Row(Some((_, key)))) => Some(*key),
            _ => None,
        }
    }

    /// The dates of a moment's column; none if it is not grouped by.
    #[expect(
        clippy::option_option,
        reason = "a row without a key, and a key that is a row which is there"
    )]
    pub(crate) fn dates(&self, column: &str) -> Option<Option<Arc<GroupDatesRow>>> {
        let mut dates = GroupDatesRow::default();
        let mut any = false;
        for value in self.of(column) {
            if let KeyValue::Date(unit, date) = value {
                any = true;
                match unit {
                    Unit::Day => dates.day = *date,
                    Unit::Week => dates.week = *date,
                    Unit::Month => dates.month = *date,
                }
            }
        }
        any.then(|| Some(Arc::new(dates)))
    }
}

/// What [`GroupDates`] is made of.
#[derive(Default)]
pub struct GroupDatesRow {
    day: Option<NaiveDate>,
    week: Option<NaiveDate>,
    month: Option<NaiveDate>,
}

rows::object! {
    /// When the moments of a group are, in the time zone asked for. What is not grouped by is null,
    /// and so is the group of the rows that have no such moment.
    pub object GroupDates(GroupDatesRow) {
        /// The day.
        day: Option<Date>,
        /// The Monday with which the week begins.
        week: Option<Date>,
        /// The first day of the month.
        month: Option<Date>,
    }
}

impl<T: Aggregated> Object for Group<T> {
    type Row = GroupRow;

    const FIELDS: &'static [Field<Self>] = &[
        Field::relation::<GroupKey<T>>("key", "What the rows have in common.", |level| {
            level.relation::<GroupKey<T>, _, (), _>(
                |group: &GroupRow| Some(Some(Arc::clone(&group.key))),
                inside(),
            )
        }),
        Field::relation::<Aggregates<T>>("aggregates", "Numbers about the rows.", |level| {
            level.relation::<Aggregates<T>, _, (), _>(
                |group: &GroupRow| Some(Some(Arc::clone(&group.figures))),
                inside(),
            )
        }),
    ];

    fn name() -> Cow<'static, str> {
        format!("{}Group", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!(
            "Many `{}` that have something in common.",
            T::name()
        ))
    }
}

impl<T: Aggregated> Object for GroupKey<T> {
    type Row = KeyRow;

    const FIELDS: &'static [Field<Self>] = T::KEY_FIELDS;

    fn name() -> Cow<'static, str> {
        format!("{}GroupKey", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!(
            "What the `{}` of a group have in common: the values of what they are grouped by. All \
             else is null.",
            T::name()
        ))
    }
}
