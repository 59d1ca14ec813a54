//! Asking a tier in words of its own.

use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{InTier, Row};
use uuid::Uuid;

/// The rows of a statement.
///
/// # Errors
/// As for any statement: when the transaction can not be opened, or PostgreSQL refuses.
pub async fn query<const N: usize>(
    tier: InTier<'_>,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tier.rows_raw(&statement).await
}

/// An array of keys as one value.
pub fn uuids(keys: impl IntoIterator<Item = Uuid>) -> Value {
    let keys = keys.into_iter().map(Value::from).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(keys)))
}

/// The keys in the first column.
pub(crate) fn ids(rows: &[Row]) -> Result<Vec<Uuid>, DbErr> {
    rows.iter().map(|row| row.at(0)).collect()
}

/// An array of texts as one value.
pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Value {
    let texts = texts.into_iter().map(|text| Value::from(text.into()));
    Value::Array(ArrayType::String, Some(Box::new(texts.collect())))
}

/// A number of bytes as a column has it.
pub(crate) fn size(bytes: usize) -> Value {
    i64::try_from(bytes).unwrap_or(i64::MAX).into()
}
