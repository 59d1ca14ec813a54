//! Who gets which job: the claims of what `due` finds, or Redis names.

use std::time::{Duration, Instant};

use entity::id::{JobId, TenantId};
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{Database, Identity, Refusal, Row, Tier};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Job,
    due::{self, Turn},
    statement::dispatch,
};

/// What a claim makes of the jobs in `locked`, and answers.
const CLAIM: &str = "UPDATE jobs SET status = 'running', attempt_count = attempt_count + 1, fence = fence + 1, started = now(),
    leased_until = now() + make_interval(secs => q.lease_seconds)
FROM job_queues q WHERE q.name = jobs.queue_name AND q.is_active AND jobs.id = ANY (ARRAY(SELECT id FROM locked))
RETURNING jobs.id, jobs.tenant_id, jobs.queue_name, jobs.job_type, jobs.attempt_count, jobs.max_attempts, jobs.fence, q.lease_seconds";

/// Those that Redis told of.
const NAMED: &str = "WITH locked AS (SELECT j.id FROM jobs j WHERE j.id = ANY ($1)
    AND j.status IN ('queued', 'migrated_to_redis') AND j.run_at <= now() FOR UPDATE OF j SKIP LOCKED)";

/// Claims up to `most` jobs of a queue that are due, of the tenants whose turn it is.
pub(crate) async fn due(
    database: &Database,
    queue: &str,
    most: usize,
    turn: &mut Turn,
) -> Result<Vec<Job>, DbErr> {
    let sql = format!("{} {CLAIM}", due::locked(due::OPEN));
    let rows = dispatch(database, &sql, turn.values(queue, most)).await?;
    let jobs: Vec<Job> = rows.iter().map(read).collect::<Result<_, _>>()?;
    turn.pass(jobs.iter().map(|job| job.tenant.into()));
    Ok(jobs)
}

/// Marks up to `most` jobs of a queue that are due as told to Redis; answers with their priorities and ids.
pub(crate) async fn mark(
    database: &Database,
    queue: &str,
    most: usize,
    turn: &mut Turn,
) -> Result<Vec<(i32, Uuid)>, DbErr> {
    const MARK: &str = "UPDATE jobs SET status = 'migrated_to_redis' FROM job_queues q \
         WHERE q.name = jobs.queue_name AND q.is_active AND jobs.id = ANY (ARRAY(SELECT id FROM locked)) \
         RETURNING jobs.priority, jobs.id, jobs.tenant_id";
    let sql = format!("{} {MARK}", due::locked(due::UNTOLD));
    let rows = dispatch(database, &sql, turn.values(queue, most)).await?;
    let tenants: Vec<Uuid> = rows.iter().map(|row| row.at(2)).collect::<Result<_, _>>()?;
    turn.pass(tenants.into_iter());
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

/// What a job says.
pub(crate) struct Opened {
    pub(crate) payload: serde_json::Value,
    /// The trace that it was asked for in.
    pub(crate) trace_parent: Option<String>,
}

/// What there is to be done about a claimed job.
pub(crate) enum Opening {
    /// What it says.
    Opened(Opened),
    /// Nothing: it is somebody else's by now.
    Lost,
    /// Nothing: its tenant is gone.
    Gone,
}

/// How many entries a job keeps in its log, and how often the others are removed, in attempts.
const KEPT: usize = 100;
const TRIMMED: i32 = 20;

/// What the job says, read as its tenant; and the attempt is written into its log.
pub(crate) async fn open(database: &Database, job: &Job) -> Result<Opening, DbErr> {
    const OPEN: &str =
        "WITH mine AS (SELECT id, tenant_id, attempt_count, started, payload, trace_parent FROM jobs
            WHERE id = $1 AND fence = $2 AND status = 'running'),
        noted AS (INSERT INTO job_logs (id, tenant_id, job_id, status, attempt_number, started)
            SELECT $3, tenant_id, id, 'attempting', attempt_count, started FROM mine)
        SELECT payload, trace_parent FROM mine";
    let values: [Value; 3] = [
        Uuid::from(job.id).into(),
        job.fence.into(),
        log_id(job).into(),
    ];
    let context = database.writing(Tier::Queue, Identity::Job { tenant: job.tenant });
    let queue = context.on(Tier::Queue);
    let opened = async {
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, OPEN, values);
        let rows = queue.rows_raw(&statement).await?;
        if job.fence % TRIMMED == 0 {
            let id = Uuid::from(job.id).into();
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, trim(), [id]);
            queue.rows_raw(&statement).await?;
        }
        Ok::<_, DbErr>(rows)
    };
    let opened = opened.await;
    let finished = context.finish(opened.is_ok()).await;
    if context.refusal() == Some(Refusal::NotAMember) {
        return Ok(Opening::Gone);
    }
    finished?;
    match opened?.first() {
        Some(row) => Ok(Opening::Opened(Opened {
            payload: row.at(0)?,
            trace_parent: row.at(1)?,
        })),
        None => Ok(Opening::Lost),
    }
}

/// Some jobs are never over, and would have an entry for each of their attempts.
fn trim() -> String {
    format!(
        "DELETE FROM job_logs WHERE job_id = $1 AND id IN (SELECT id FROM job_logs WHERE job_id = $1 \
         ORDER BY created DESC, id DESC OFFSET {KEPT})"
    )
}

/// The id of this attempt's entry in the log: the same for the same attempt.
pub(crate) fn log_id(job: &Job) -> Uuid {
    Uuid::new_v5(&Uuid::from(job.id), &job.fence.to_be_bytes())
}
