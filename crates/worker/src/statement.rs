//! Running statements as who may.

use futures::future::join;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
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
///
/// These statements are short steps in an index, of which the planner believes that they are many thousands; compiling
/// them would take it longer than they do.
pub(crate) async fn dispatch<const N: usize>(
    database: &Database,
    sql: &str,
    values: [Value; N],
) -> Result<Vec<Row>, DbErr> {
    let context = database.writing(Tier::Queue, Identity::Dispatcher);
    let queue = context.on(Tier::Queue);
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    // Together, so that nobody waits for the first.
    let (off, rows) = join(
        queue.execute_unprepared("SET LOCAL jit = off"),
        queue.rows_raw(&statement),
    )
    .await;
    let rows = off.and(rows);
    context.finish(rows.is_ok()).await?;
    rows
}
