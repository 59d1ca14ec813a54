//! Who gets which job.
//!
//! A queue's most urgent jobs come first; among those of one priority the tenants take turns, so that one with ten
//! thousand jobs does not keep one with one waiting. Each part of the statement is a step in the index
//! `idx_jobs_due (queue_name, priority, tenant_id, run_at, id)`: from one priority to the next, from one tenant to the
//! next, and the oldest of each. It begins behind the tenant that was served last, so that no tenant is always the first.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use entity::id::{JobId, TenantId};
use sea_orm::{DbErr, Value, sea_query::ArrayType};
use tenant::{Database, Identity, Row, Tier};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Job,
    statement::{alone, dispatch},
};

/// The due jobs of queue `$1` that are in one of the states, at most `$2` of them, beginning behind the tenant `$3`, locked.
///
/// There are more candidates than are taken, because others claim at the same moment. What is looked up by id is looked up
/// by an array: of a subquery the planner believes that it has thousands of rows, and reads the whole table.
const DUE: &str = "WITH RECURSIVE levels (priority) AS (
    (SELECT priority FROM jobs WHERE queue_name = $1 AND status IN ('queued', 'migrated_to_redis') ORDER BY priority LIMIT 1)
    UNION ALL
    SELECT (SELECT j.priority FROM jobs j WHERE j.queue_name = $1 AND j.status IN ('queued', 'migrated_to_redis')
        AND j.priority > levels.priority ORDER BY j.priority LIMIT 1)
    FROM levels WHERE levels.priority IS NOT NULL
), starts (priority, turn, tenant_id) AS (
    SELECT priority, 0, $3::uuid FROM levels WHERE priority IS NOT NULL
    UNION ALL SELECT priority, 1, '00000000-0000-0000-0000-000000000000'::uuid FROM levels WHERE priority IS NOT NULL
), chosen AS (
    SELECT s.priority, s.turn AS lap, t.tenant_id FROM starts s CROSS JOIN LATERAL (
        WITH RECURSIVE tenants (tenant_id, place) AS (
            (SELECT tenant_id, 1 FROM jobs WHERE queue_name = $1 AND status IN ('queued', 'migrated_to_redis')
                AND priority = s.priority AND tenant_id > s.tenant_id ORDER BY tenant_id LIMIT 1)
            UNION ALL
            SELECT (SELECT j.tenant_id FROM jobs j WHERE j.queue_name = $1 AND j.status IN ('queued', 'migrated_to_redis')
                AND j.priority = s.priority AND j.tenant_id > tenants.tenant_id ORDER BY j.tenant_id LIMIT 1), place + 1
            FROM tenants WHERE tenants.tenant_id IS NOT NULL AND place < 200
        ) SELECT tenant_id FROM tenants WHERE tenant_id IS NOT NULL
    ) t WHERE s.turn = 0 OR t.tenant_id <= $3
), due AS (
    SELECT d.id, c.priority, row_number() OVER (PARTITION BY c.priority, c.tenant_id ORDER BY d.run_at, d.id) AS turn, c.lap, c.tenant_id
    FROM chosen c CROSS JOIN LATERAL (
        SELECT id, run_at FROM jobs WHERE queue_name = $1 AND status IN ({states})
            AND priority = c.priority AND tenant_id = c.tenant_id AND run_at <= now()
        ORDER BY run_at, id LIMIT 4 * $2
    ) d
), first AS (SELECT ARRAY(SELECT id FROM due ORDER BY priority, turn, lap, tenant_id LIMIT 4 * $2) AS ids),
locked AS (SELECT j.id FROM jobs j WHERE j.id = ANY ((SELECT ids FROM first)::uuid[])
    AND j.status IN ({states}) AND j.run_at <= now()
    ORDER BY array_position((SELECT ids FROM first), j.id) LIMIT $2 FOR UPDATE OF j SKIP LOCKED)";

/// What a claim makes of the jobs in `locked`, and answers.
const CLAIM: &str = "UPDATE jobs SET status = 'running', attempt_count = attempt_count + 1, fence = fence + 1, started = now(),
    leased_until = now() + make_interval(secs => q.lease_seconds)
FROM job_queues q WHERE q.name = jobs.queue_name AND q.is_active AND jobs.id = ANY (ARRAY(SELECT id FROM locked))
RETURNING jobs.id, jobs.tenant_id, jobs.queue_name, jobs.job_type, jobs.attempt_count, jobs.max_attempts, jobs.fence, q.lease_seconds";

/// Those that Redis told of.
const NAMED: &str = "WITH locked AS (SELECT j.id FROM jobs j WHERE j.id = ANY ($1)
    AND j.status IN ('queued', 'migrated_to_redis') AND j.run_at <= now() FOR UPDATE OF j SKIP LOCKED)";

/// Claims up to `most` jobs of a queue that are due.
pub(crate) async fn due(database: &Database, queue: &str, most: usize) -> Result<Vec<Job>, DbErr> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [queue.into(), most.into(), last_served().into()];
    let due = DUE.replace("{states}", "'queued', 'migrated_to_redis'");
    let rows = dispatch(database, &format!("{due} {CLAIM}"), values).await?;
    let jobs: Vec<Job> = rows.iter().map(read).collect::<Result<_, _>>()?;
    if let Some(job) = jobs.last() {
        serve(job.tenant.into());
    }
    Ok(jobs)
}

/// Where this process's next round begins; it says nothing of any job.
static LAST_SERVED: Mutex<Uuid> = Mutex::new(Uuid::nil());

fn last_served() -> Uuid {
    *LAST_SERVED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(tenant: Uuid) {
    *LAST_SERVED.lock().unwrap_or_else(PoisonError::into_inner) = tenant;
}

/// Marks up to `most` jobs of a queue that are due as told to Redis; answers with their priorities and ids.
pub(crate) async fn mark(
    database: &Database,
    queue: &str,
    most: usize,
) -> Result<Vec<(i32, Uuid)>, DbErr> {
    const MARK: &str = "UPDATE jobs SET status = 'migrated_to_redis' FROM job_queues q \
         WHERE q.name = jobs.queue_name AND q.is_active AND jobs.id = ANY (ARRAY(SELECT id FROM locked)) \
         RETURNING jobs.priority, jobs.id, jobs.tenant_id";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [queue.into(), most.into(), last_served().into()];
    let due = DUE.replace("{states}", "'queued'");
    let rows = dispatch(database, &format!("{due} {MARK}"), values).await?;
    if let Some(row) = rows.last() {
        serve(row.at(2)?);
    }
    rows.iter()
        .map(|row| Ok((row.at(0)?, row.at(1)?)))
        .collect()
}

/// Takes marks off that Redis seems to have lost.
pub(crate) async fn unmark(database: &Database) -> Result<usize, DbErr> {
    let sql = "WITH lost AS (SELECT id FROM jobs WHERE status = 'migrated_to_redis' AND updated < now() - interval '5 seconds' \
         LIMIT 1000 FOR UPDATE SKIP LOCKED) \
         UPDATE jobs SET status = 'queued' WHERE id = ANY (ARRAY(SELECT id FROM lost)) RETURNING 1";
    Ok(dispatch(database, sql, []).await?.len())
}

/// Claims those of these jobs that nobody else has.
pub(crate) async fn named(database: &Database, ids: &[Uuid]) -> Result<Vec<Job>, DbErr> {
    let ids = ids.iter().copied().map(Value::from).collect();
    let ids = Value::Array(ArrayType::Uuid, Some(Box::new(ids)));
    let rows = dispatch(database, &format!("{NAMED} {CLAIM}"), [ids]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Job, DbErr> {
    let seconds: i32 = row.at(7)?;
    Ok(Job {
        id: row.at::<JobId>(0)?,
        tenant: row.at::<TenantId>(1)?,
        queue: row.at(2)?,
        job_type: row.at(3)?,
        attempt: row.at(4)?,
        max_attempts: row.at(5)?,
        payload: serde_json::Value::Null,
        stop: CancellationToken::new(),
        fence: row.at(6)?,
        lease: Duration::from_secs(u64::try_from(seconds).unwrap_or(1)),
        claimed: Instant::now(),
    })
}

/// What the job says, read as its tenant; and the attempt is written into its log. `None` if it is somebody else's by now.
pub(crate) async fn open(
    database: &Database,
    job: &Job,
) -> Result<Option<serde_json::Value>, DbErr> {
    const OPEN: &str =
        "WITH mine AS (SELECT id, tenant_id, attempt_count, started, payload FROM jobs
            WHERE id = $1 AND fence = $2 AND status = 'running'),
        noted AS (INSERT INTO job_logs (id, tenant_id, job_id, status, attempt_number, started)
            SELECT $3, tenant_id, id, 'attempting', attempt_count, started FROM mine)
        SELECT payload FROM mine";
    let values = [
        Uuid::from(job.id).into(),
        job.fence.into(),
        log_id(job).into(),
    ];
    let identity = Identity::Job { tenant: job.tenant };
    let rows = alone(database, Tier::Queue, identity, OPEN, values).await?;
    rows.first().map(|row| row.at(0)).transpose()
}

/// The id of this attempt's entry in the log: the same for the same attempt.
pub(crate) fn log_id(job: &Job) -> Uuid {
    Uuid::new_v5(&Uuid::from(job.id), &job.fence.to_be_bytes())
}
