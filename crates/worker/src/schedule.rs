//! What is done at certain times, in every tenant.
//!
//! When a schedule is due, one worker moves it on to its next time and makes its jobs, in one transaction of the queue
//! tier: each slot is made once, however many workers look, and slots that were missed are one. A job's `dedupe_key` is
//! the slot, so a clock that is set back makes none twice.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use croner::Cron;
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{Access, Database, Identity, Tier};
use uuid::Uuid;

/// Makes the jobs of what is due; answers with how many.
pub(crate) async fn make_due(database: &Database) -> Result<usize, DbErr> {
    if !is_anything_due(database).await? {
        return Ok(0);
    }
    let tenants = tenants(database).await?;
    let context = database.writing(Tier::Queue, Identity::Dispatcher);
    let queue = context.on(Tier::Queue);
    let made = async {
        let due = "SELECT name, cron FROM job_schedules WHERE is_active AND next_run <= now() FOR UPDATE SKIP LOCKED";
        let due = Statement::from_string(DbBackend::Postgres, due);
        let mut made = 0;
        for row in queue.rows_raw(&due).await? {
            let (name, cron): (String, String) = (row.at(0)?, row.at(1)?);
            let next = match next(&cron, Utc::now()) {
                Ok(next) => next,
                Err(error) => {
                    // The others are not to wait for it.
                    tracing::error!(name, error = %error, "a schedule has no next time");
                    continue;
                }
            };
            let make = "WITH slot AS (SELECT name, queue_name, job_type, next_run FROM job_schedules WHERE name = $1),
                made AS (INSERT INTO jobs (tenant_id, queue_name, job_type, priority, max_attempts, dedupe_key)
                    SELECT t, s.queue_name, s.job_type, q.default_priority, q.max_attempts, $4 || to_char(s.next_run AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')
                    FROM slot s JOIN job_queues q ON q.name = s.queue_name, unnest($3::uuid[]) t
                    ON CONFLICT (tenant_id, queue_name, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING RETURNING 1)
                UPDATE job_schedules SET last_run = now(), next_run = $2 WHERE name = $1 RETURNING (SELECT count(*) FROM made)";
            let key = format!("schedule:{name}:");
            let values = [name.into(), next.into(), tenants.clone(), key.into()];
            let make = Statement::from_sql_and_values(DbBackend::Postgres, make, values);
            if let Some(row) = queue.row_raw(&make).await? {
                made += row.at::<i64>(0)?;
            }
        }
        Ok::<i64, DbErr>(made)
    };
    let made = made.await;
    context.finish(made.is_ok()).await?;
    Ok(usize::try_from(made?).unwrap_or(usize::MAX))
}

async fn is_anything_due(database: &Database) -> Result<bool, DbErr> {
    let context = database.context(Identity::Dispatcher, Access::Read);
    let due = "SELECT 1 FROM job_schedules WHERE is_active AND next_run <= now() LIMIT 1";
    let due = Statement::from_string(DbBackend::Postgres, due);
    let found = context.on(Tier::Queue).row_raw(&due).await;
    context.finish(false).await?;
    Ok(found?.is_some())
}

async fn tenants(database: &Database) -> Result<Value, DbErr> {
    let context = database.context(Identity::Dispatcher, Access::Read);
    let live = "SELECT id FROM tenants WHERE deleted IS NULL";
    let live = Statement::from_string(DbBackend::Postgres, live);
    let rows = context.rows_raw(&live).await;
    context.finish(false).await?;
    let ids: Result<Vec<Value>, DbErr> = rows?
        .iter()
        .map(|row| row.at::<Uuid>(0).map(Value::from))
        .collect();
    Ok(Value::Array(ArrayType::Uuid, Some(Box::new(ids?))))
}

/// The first moment after `now` that a pattern names, in UTC.
fn next(pattern: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, DbErr> {
    let wrong = |cause: croner::errors::CronError| {
        let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        DbErr::Custom(format!(
            "the schedule `{pattern}` has no time after {now}: {cause}"
        ))
    };
    let cron = Cron::from_str(pattern).map_err(wrong)?;
    cron.find_next_occurrence(&now, false).map_err(wrong)
}
