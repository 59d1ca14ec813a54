//! What becomes of a job that was claimed. Each statement asks for the claim's fence, and does nothing for one that has
//! lost the job.

use sea_orm::DbErr;
use tenant::{Database, Identity, Tier};
use uuid::Uuid;

use crate::{
    Done, Failure, Job,
    claim::log_id,
    statement::{alone, dispatch},
};

/// The first wait after a failure, in seconds; each next one is twice as long, up to [`LONGEST`].
const FIRST: i32 = 2;
const LONGEST: i32 = 3600;

/// How long the attempt of a log took, in milliseconds.
const DURATION: &str =
    "least(extract(epoch FROM now() - job_logs.started) * 1000, 2147483647)::integer";

/// Somebody wants it to be done once more: see [`crate::hasten`].
const HASTENED: &str = "run_at > started";

/// How a job ended, as it is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Completed,
    Again,
    Retried,
    Dead,
    /// Somebody else has it.
    Lost,
    /// Its tenant is gone, and what it was to do with it.
    Gone,
}

impl Ending {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Again => "again",
            Self::Retried => "retry",
            Self::Dead => "dead",
            Self::Lost => "lost",
            Self::Gone => "gone",
        }
    }
}

/// The job's row and its log, in one statement of its tenant.
fn settle(set: &str) -> String {
    format!(
        "WITH settled AS (UPDATE jobs SET leased_until = NULL, waits_for = $6, {set} WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id, status),
        noted AS (UPDATE job_logs SET status = CASE (SELECT status FROM settled) WHEN 'completed' THEN 'success' WHEN 'failed' THEN 'failed' ELSE $4 END,
            log_message = $5, finished = now(), duration_ms = {DURATION}
            WHERE id = $3 AND EXISTS (SELECT FROM settled))
        SELECT status FROM settled"
    )
}

/// Writes down what became of the job.
pub(crate) async fn end(
    database: &Database,
    job: &Job,
    result: &Result<Done, Failure>,
) -> Result<Ending, DbErr> {
    let (set, log, message, at) = match result {
        Ok(Done::Completed(note)) => (
            format!(
                "status = CASE WHEN {HASTENED} THEN 'queued' ELSE 'completed' END, completed = CASE WHEN NOT {HASTENED} THEN now() END, \
                 attempt_count = CASE WHEN {HASTENED} THEN attempt_count - 1 ELSE attempt_count END, last_error_message = NULL"
            ),
            "success",
            note.clone(),
            None,
        ),
        Ok(Done::Again(at) | Done::Waiting(at, _)) => (
            format!(
                "status = 'queued', run_at = CASE WHEN {HASTENED} THEN least(run_at, $7) ELSE $7 END, attempt_count = attempt_count - 1"
            ),
            "success",
            None,
            Some(*at),
        ),
        Err(Failure::Later(reason)) => (again(), "retry", Some(reason.clone()), None),
        Err(Failure::ForGood(reason)) => (
            "status = 'failed', failed = now(), last_error_message = $5".to_owned(),
            "failed",
            Some(reason.clone()),
            None,
        ),
    };
    let waits_for: Option<Uuid> = match result {
        Ok(Done::Waiting(_, event)) => Some(*event),
        _ => None,
    };
    let sql = settle(&set);
    let identity = Identity::Job { tenant: job.tenant };
    let (id, fence, log_id) = (
        Uuid::from(job.id).into(),
        job.fence.into(),
        log_id(job).into(),
    );
    let (log, message) = (log.into(), message.map(|text| bounded(&text)).into());
    let waits_for = waits_for.into();
    let rows = match at {
        Some(at) => {
            let values = [id, fence, log_id, log, message, waits_for, at.into()];
            alone(database, Tier::Queue, identity, &sql, values).await?
        }
        None => {
            let values = [id, fence, log_id, log, message, waits_for];
            alone(database, Tier::Queue, identity, &sql, values).await?
        }
    };
    let Some(row) = rows.first() else {
        return Ok(Ending::Lost);
    };
    Ok(match row.at::<&str>(0)? {
        "completed" => Ending::Completed,
        "failed" => Ending::Dead,
        _ if result.is_ok() => Ending::Again,
        _ => Ending::Retried,
    })
}

/// Exponential, with jitter: between half of the wait and the whole, so that what failed together does not come back
/// together. Attempts that are used up make a dead letter.
fn again() -> String {
    format!(
        "status = CASE WHEN attempt_count >= max_attempts THEN 'failed' ELSE 'queued' END,
        failed = CASE WHEN attempt_count >= max_attempts THEN now() END,
        run_at = now() + make_interval(secs => least({LONGEST}, {FIRST} * 2 ^ least(attempt_count - 1, 20)) * (0.5 + random() / 2)),
        last_error_message = $5"
    )
}

/// Hands a job back that was not finished; it does not count as an attempt.
pub(crate) async fn hand_back(database: &Database, job: &Job) -> Result<Ending, DbErr> {
    let sql = settle("status = 'queued', run_at = now(), attempt_count = attempt_count - 1");
    let values = [
        Uuid::from(job.id).into(),
        job.fence.into(),
        log_id(job).into(),
        "retry".into(),
        "the worker stopped".into(),
        None::<Uuid>.into(),
    ];
    let identity = Identity::Job { tenant: job.tenant };
    let rows = alone(database, Tier::Queue, identity, &sql, values).await?;
    Ok(match rows.first() {
        Some(_) => Ending::Again,
        None => Ending::Lost,
    })
}

/// Removes a job of a tenant that is gone: nobody may do it, nor see that it was not done.
pub(crate) async fn drop_of_gone(database: &Database, job: &Job) -> Result<Ending, DbErr> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING 1";
    let values = [Uuid::from(job.id).into(), job.fence.into()];
    let rows = dispatch(database, sql, values).await?;
    Ok(match rows.first() {
        Some(_) => Ending::Gone,
        None => Ending::Lost,
    })
}

/// Holds on to a job for another lease; false if it is lost.
pub(crate) async fn renew(database: &Database, job: &Job) -> Result<bool, DbErr> {
    let sql = "UPDATE jobs SET leased_until = now() + make_interval(secs => $3) \
         WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING 1";
    let seconds = job.lease.as_secs_f64();
    let values = [Uuid::from(job.id).into(), job.fence.into(), seconds.into()];
    Ok(!dispatch(database, sql, values).await?.is_empty())
}

/// Takes back what belongs to workers that are gone: to be tried again, or dead where that was the last attempt.
pub(crate) async fn take_back(database: &Database) -> Result<usize, DbErr> {
    const GONE: &str = "the worker was gone before the job was done";
    let sql = format!(
        "WITH gone AS (SELECT id FROM jobs WHERE status = 'running' AND leased_until < now() ORDER BY leased_until LIMIT 1000 FOR UPDATE SKIP LOCKED), \
         back AS (UPDATE jobs SET leased_until = NULL, fence = fence + 1, {} WHERE id = ANY (ARRAY(SELECT id FROM gone)) RETURNING id, status), \
         noted AS (UPDATE job_logs SET status = CASE back.status WHEN 'failed' THEN 'failed' ELSE 'retry' END, \
             log_message = $1, finished = now(), duration_ms = {DURATION} \
             FROM back WHERE job_logs.job_id = back.id AND job_logs.status = 'attempting') \
         SELECT id FROM back",
        again().replace("$5", "$1")
    );
    Ok(dispatch(database, &sql, [GONE.into()]).await?.len())
}

/// A message as it is kept.
fn bounded(text: &str) -> String {
    const MOST: usize = 2000;
    text.chars()
        .filter(|letter| *letter != '\0')
        .take(MOST)
        .collect()
}
