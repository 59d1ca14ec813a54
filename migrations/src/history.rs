//! Moving through the history: forward, back, and where the database stands.

use crate::{Error, Tier};
use sea_orm_migration::{
    MigrationStatus,
    sea_orm::{
        ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbErr,
        TransactionTrait,
    },
};

/// One migration, and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The name of its file, without the ending.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Applies the next `steps` migrations, or all; answers with the names of those it applied.
///
/// `url` is that of a user who may become `gateway_owner`. All or nothing; of runs at the same
/// time one works and the others find its work done.
///
/// # Errors
/// When the database is not reached, or a statement fails.
pub async fn up(tier: Tier, url: &str, steps: Option<u32>) -> Result<Vec<String>, Error> {
    let (connection, run) = begin(url).await?;
    let before = statuses(tier, &run).await?;
    tier.up(&run, steps).await?;
    finish(tier, connection, run, before).await
}

/// Takes the last `steps` migrations back, or all; answers with the names of those it took back.
///
/// # Errors
/// When the database is not reached, or a statement fails.
pub async fn down(tier: Tier, url: &str, steps: Option<u32>) -> Result<Vec<String>, Error> {
    let (connection, run) = begin(url).await?;
    let before = statuses(tier, &run).await?;
    tier.down(&run, steps).await?;
    finish(tier, connection, run, before).await
}

/// All migrations, oldest first. `url` may also be that of `gateway_login`.
///
/// # Errors
/// When the database is not reached, or has a migration that this program does not know.
pub async fn status(tier: Tier, url: &str) -> Result<Vec<Status>, Error> {
    let connection = Database::connect(options(url))
        .await
        .map_err(Error::Connect)?;
    // As one transaction, which a pooler between gives one session.
    let reading = connection.begin().await?;
    let statuses = statuses(tier, &reading).await?;
    reading.rollback().await?;
    connection.close().await?;
    Ok(statuses)
}

/// How many migrations the database lacks. `url` may also be that of `gateway_login`.
///
/// # Errors
/// As of [`status`].
pub async fn pending(tier: Tier, url: &str) -> Result<usize, Error> {
    let statuses = status(tier, url).await?;
    Ok(statuses
        .iter()
        .filter(|migration| !migration.applied)
        .count())
}

pub(crate) fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options
}

/// One transaction as the owner, alone: the lock goes with the transaction, whatever ends it.
async fn begin(url: &str) -> Result<(DatabaseConnection, DatabaseTransaction), Error> {
    let mut options = options(url);
    options.map_sqlx_postgres_opts(|options| options.options([("role", "gateway_owner")]));
    let connection = Database::connect(options).await.map_err(Error::Connect)?;
    let run = connection.begin().await?;
    run.execute_unprepared(
        "SELECT pg_advisory_xact_lock(hashtextextended('gateway.migrations', 0))",
    )
    .await?;
    Ok((connection, run))
}

async fn finish(
    tier: Tier,
    connection: DatabaseConnection,
    run: DatabaseTransaction,
    before: Vec<Status>,
) -> Result<Vec<String>, Error> {
    let after = statuses(tier, &run).await?;
    run.commit().await?;
    connection.close().await?;
    let changed = before
        .into_iter()
        .zip(after)
        .filter(|(before, after)| before != after);
    Ok(changed.map(|(_, after)| after.name).collect())
}

async fn statuses(tier: Tier, connection: &impl ConnectionTrait) -> Result<Vec<Status>, DbErr> {
    let migrations = tier.statuses(connection).await?;
    let status = |migration: &sea_orm_migration::Migration| Status {
        name: migration.name().to_owned(),
        applied: migration.status() == MigrationStatus::Applied,
    };
    Ok(migrations.iter().map(status).collect())
}
