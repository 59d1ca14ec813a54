//! Running statements as who may.

use sea_orm::{DbBackend, DbErr, Statement, Value};
use tenant::{Database, Identity, Row, Tier};

/// Runs one statement in a transaction of its own.
pub(crate) async fn alone<const N: usize>(
    database: &Database,
    tier: Tier,
    identity: Identity,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    let context = database.writing(tier, identity);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = context.on(tier).rows_raw(&statement).await;
    context.finish(rows.is_ok()).await?;
    rows
}

/// The same of the queue tier, as who hands out jobs.
pub(crate) async fn dispatch<const N: usize>(
    database: &Database,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    alone(database, Tier::Queue, Identity::Dispatcher, sql, values).await
}
