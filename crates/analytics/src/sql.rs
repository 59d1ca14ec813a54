//! Asking a tier in words of its own, and lists as one value.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{InTier, Row};
use uuid::Uuid;

/// The rows of a statement.
pub(crate) async fn query(
    tier: InTier<'_>,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tier.rows_raw(&statement).await
}

/// The only row of a statement that always has one.
pub(crate) async fn only(tier: InTier<'_>, sql: &str, values: Vec<Value>) -> Result<Row, DbErr> {
    let row = query(tier, sql, values).await?.into_iter().next();
    row.ok_or_else(|| DbErr::RecordNotFound("a statement that has one row had none".to_owned()))
}

pub(crate) fn uuids(keys: impl IntoIterator<Item = Uuid>) -> Value {
    array(ArrayType::Uuid, keys)
}

pub(crate) fn days(days: impl IntoIterator<Item = NaiveDate>) -> Value {
    array(ArrayType::ChronoDate, days)
}

pub(crate) fn times(times: impl IntoIterator<Item = DateTime<Utc>>) -> Value {
    array(ArrayType::ChronoDateTimeUtc, times)
}

pub(crate) fn numbers(numbers: impl IntoIterator<Item = i64>) -> Value {
    array(ArrayType::BigInt, numbers)
}

pub(crate) fn texts(texts: impl IntoIterator<Item = Option<String>>) -> Value {
    array(ArrayType::String, texts)
}

fn array<T: Into<Value>>(of: ArrayType, values: impl IntoIterator<Item = T>) -> Value {
    let values = values.into_iter().map(Into::into).collect();
    Value::Array(of, Some(Box::new(values)))
}
