//! What a job waits for has happened: it is done sooner than it said. One that is being done at that moment may have looked
//! already, so it is done once more, whatever it says in the end: its `run_at` is then after its `started`, which nothing
//! else makes it.

use entity::id::{JobId, TenantId};
use sea_orm::DbErr;
use tenant::{Database, Identity, Tier};
use uuid::Uuid;

use crate::{Job, statement::alone};

/// When it is done then: not at once, because what one job waits for often happens many times in a row.
const SOON: &str = "now() + interval '2 seconds'";

/// Has a job of the tenant done soon. Does nothing for one that is to be done soon anyway, has ended, or is gone.
///
/// # Errors
/// When the database can not be asked.
pub async fn hasten(database: &Database, tenant: TenantId, job: JobId) -> Result<(), DbErr> {
    // Most callers find that somebody was here before, and write nothing.
    let sql = format!(
        "UPDATE jobs SET run_at = {SOON} WHERE id = $1 \
         AND CASE status WHEN 'queued' THEN run_at > {SOON} WHEN 'running' THEN run_at <= started ELSE false END RETURNING 1"
    );
    let identity = Identity::Job { tenant };
    alone(
        database,
        Tier::Queue,
        identity,
        &sql,
        [Uuid::from(job).into()],
    )
    .await
    .map(drop)
}

/// Has a job of the tenant done once more soon that is done, or is being done; one that waits for its time does.
///
/// # Errors
/// When the database can not be asked.
pub async fn repeat(database: &Database, tenant: TenantId, job: JobId) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE jobs SET run_at = {SOON}, completed = NULL, \
         attempt_count = CASE status WHEN 'completed' THEN 0 ELSE attempt_count END, \
         status = CASE status WHEN 'completed' THEN 'queued' ELSE status END \
         WHERE id = $1 AND status IN ('completed', 'running') RETURNING 1"
    );
    let identity = Identity::Job { tenant };
    let id = [Uuid::from(job).into()];
    let repeated = alone(database, Tier::Queue, identity, &sql, id);
    repeated.await.map(drop)
}

/// Has all jobs of the tenant done now that [wait](crate::Done::Waiting) for this; answers with how many there were. One that
/// says so at this very moment is not among them.
///
/// # Errors
/// When the database can not be asked.
pub async fn hasten_all(
    database: &Database,
    tenant: TenantId,
    waited_for: Uuid,
) -> Result<usize, DbErr> {
    let sql = "UPDATE jobs SET run_at = now(), waits_for = NULL WHERE waits_for = $1 AND status = 'queued' RETURNING 1";
    let identity = Identity::Job { tenant };
    let hastened = alone(database, Tier::Queue, identity, sql, [waited_for.into()]);
    Ok(hastened.await?.len())
}

/// Has an older job done soon that is about the same: of the same type, and with the same value of `key` in its payload.
/// True if there is one that has not ended; it sees all that this one would.
///
/// # Errors
/// When the database can not be asked.
pub async fn hand_over(database: &Database, job: &Job, key: &str) -> Result<bool, DbErr> {
    // The lock: one that ends at this moment is waited for, and is none then.
    let sql = format!(
        "WITH older AS (SELECT o.id FROM jobs mine JOIN jobs o ON o.queue_name = mine.queue_name AND o.job_type = mine.job_type \
             AND o.payload -> $2 = mine.payload -> $2 AND (o.created, o.id) < (mine.created, mine.id) \
             WHERE mine.id = $1 AND o.status IN ('queued', 'migrated_to_redis', 'running') \
             ORDER BY o.created, o.id LIMIT 1 FOR UPDATE OF o) \
         UPDATE jobs SET run_at = CASE status WHEN 'running' THEN {SOON} ELSE least(run_at, {SOON}) END \
         WHERE id IN (SELECT id FROM older) RETURNING 1"
    );
    let identity = Identity::Job { tenant: job.tenant };
    let values = [Uuid::from(job.id).into(), key.into()];
    let rows = alone(database, Tier::Queue, identity, &sql, values).await?;
    Ok(!rows.is_empty())
}
