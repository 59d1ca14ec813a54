//! Statements of the transactional tier.

use entity::{id::TenantId, oltp::subscription};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryTrait, Statement, Value,
    sea_query::{Condition, LockType},
};
use tenant::{Row, TenantContext};

/// The rows of a statement.
pub(crate) async fn query<const N: usize>(
    context: &TenantContext,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    context.rows_raw(&statement).await
}

/// The subscription for which a condition holds, which nobody else changes before the transaction ends.
pub(crate) async fn locked(
    context: &TenantContext,
    condition: Condition,
) -> Result<Option<subscription::Model>, DbErr> {
    let mut select = subscription::Entity::find().filter(condition).into_query();
    let row = context.row(select.lock(LockType::NoKeyUpdate)).await?;
    row.map(|row| row.read(0)).transpose()
}

/// Reports a change in the transaction that makes it.
pub(crate) async fn report(
    context: &TenantContext,
    tenant: TenantId,
    topic: &str,
    payload: serde_json::Value,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO outbox (tenant_id, topic, payload) VALUES ($1, $2, $3)";
    let values = [tenant.into(), topic.into(), payload.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    context.execute_raw(statement).await.map(drop)
}
