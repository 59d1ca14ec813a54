//! Reading and writing rows on a context.

use entity::columns::FromColumns;
use sea_orm::{
    ColumnTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryTrait, Statement,
    Value,
    sea_query::{ArrayType, Expr, extension::postgres::PgFunc},
};
use tenant::{InTier, Row};
use uuid::Uuid;

/// The rows of `E` whose `column` is one of `keys`.
pub(crate) async fn by<E>(
    tier: InTier<'_>,
    column: E::Column,
    keys: impl IntoIterator<Item = Uuid>,
) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait<Model: FromColumns>,
{
    let keys: Vec<Value> = keys.into_iter().map(Value::from).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let keys = Value::Array(ArrayType::Uuid, Some(Box::new(keys)));
    let key = Expr::col(column.as_column_ref());
    let select = E::find()
        .filter(key.eq(Expr::expr(PgFunc::any(keys))))
        .into_query();
    let rows = tier.rows(&select).await?;
    rows.iter().map(|row| row.read(0)).collect()
}

/// The rows of a statement.
pub(crate) async fn query<const N: usize>(
    tier: InTier<'_>,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tier.rows_raw(&statement).await
}

/// An array of keys as one value.
pub(crate) fn uuids(keys: impl IntoIterator<Item = Uuid>) -> Value {
    let keys = keys.into_iter().map(Value::from).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(keys)))
}
