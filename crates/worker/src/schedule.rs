//! What is done at certain times, in every tenant or for every mailbox.
//!
//! When a schedule is due, one worker moves it on to its next time and makes its jobs, in one transaction of the queue
//! tier: each slot is made once, however many workers look, and slots that were missed are one.

mod every;

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use croner::Cron;
use entity::queue::job_schedule::ScheduleScope;
use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Access, Database, Identity, Tier};

use every::Every;

/// Makes the jobs of what is due; answers with how many.
pub(crate) async fn make_due(database: &Database) -> Result<usize, DbErr> {
    let mut every = Vec::new();
    for scope in due(database).await? {
        every.push(Every::of(database, scope).await?);
    }
    if every.is_empty() {
        return Ok(0);
    }
    let context = database.writing(Tier::Queue, Identity::Dispatcher);
    let queue = context.on(Tier::Queue);
    let made = async {
        let due = "SELECT name, cron, scope FROM job_schedules WHERE is_active AND next_run <= now() FOR UPDATE SKIP LOCKED";
        let due = Statement::from_string(DbBackend::Postgres, due);
        let mut made = 0;
        for row in queue.rows_raw(&due).await? {
            let (name, cron): (String, String) = (row.at(0)?, row.at(1)?);
            let scope: ScheduleScope = row.at(2)?;
            // One that has become due just now waits for the next look.
            let Some(every) = every.iter().find(|every| every.scope == scope) else {
                continue;
            };
            match next(&cron, Utc::now()) {
                Ok(next) => made += every.make(queue, &name, next).await?,
                // The others are not to wait for it.
                Err(error) => {
                    tracing::error!(name, error = %error, "a schedule has no next time");
                }
            }
        }
        Ok::<i64, DbErr>(made)
    };
    let made = made.await;
    context.finish(made.is_ok()).await?;
    Ok(usize::try_from(made?).unwrap_or(usize::MAX))
}

/// What is due makes jobs for these.
async fn due(database: &Database) -> Result<Vec<ScheduleScope>, DbErr> {
    let context = database.context(Identity::Dispatcher, Access::Read);
    let due = "SELECT DISTINCT scope FROM job_schedules WHERE is_active AND next_run <= now()";
    let due = Statement::from_string(DbBackend::Postgres, due);
    let rows = context.on(Tier::Queue).rows_raw(&due).await;
    context.finish(false).await?;
    rows?.iter().map(|row| row.at(0)).collect()
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
