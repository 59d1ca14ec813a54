//! What is done at certain times, in every tenant or for every mailbox.
//!
//! When a schedule is due, one worker moves it on to its next time and makes its jobs, in one transaction of the queue
//! tier: each slot is made once, however many workers look, and slots that were missed are one. What does the jobs may
//! know better for which tenants there is something to do ([`crate::Handler::wanted`]).

mod every;

use std::{str::FromStr, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use croner::Cron;
use sea_orm::{DbBackend, DbErr, Statement};
use tenant::{Access, Database, Identity, Tier};
use tokio::time::timeout;

use crate::{Failure, Handlers};
use every::Every;

/// How long it may take to learn for which tenants there is something to do: the clock has more to do than that.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes the jobs of what is due; answers with how many.
pub(crate) async fn make_due(database: &Database, handlers: &Handlers) -> Result<usize, DbErr> {
    let due = due(database, handlers).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let context = database.writing(Tier::Queue, Identity::Dispatcher);
    let queue = context.on(Tier::Queue);
    let made = async {
        let locked = "SELECT name, cron FROM job_schedules WHERE is_active AND next_run <= now() FOR UPDATE SKIP LOCKED";
        let locked = Statement::from_string(DbBackend::Postgres, locked);
        let mut made = 0;
        for row in queue.rows_raw(&locked).await? {
            let (name, cron): (String, String) = (row.at(0)?, row.at(1)?);
            // One that has become due just now waits for the next look.
            let Some((_, every)) = due.iter().find(|(due, _)| *due == name) else {
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

/// The names of what is due, and what it makes jobs for.
async fn due(database: &Database, handlers: &Handlers) -> Result<Vec<(String, Every)>, DbErr> {
    let context = database.context(Identity::Dispatcher, Access::Read);
    let due =
        "SELECT name, scope, job_type FROM job_schedules WHERE is_active AND next_run <= now()";
    let due = Statement::from_string(DbBackend::Postgres, due);
    let rows = context.on(Tier::Queue).rows_raw(&due).await;
    context.finish(false).await?;
    let mut every = Vec::new();
    for row in rows? {
        let (name, job_type): (String, String) = (row.at(0)?, row.at(2)?);
        let wanted = match handlers.of(&job_type) {
            Some(handler) => timeout(PATIENCE, handler.wanted())
                .await
                .unwrap_or_else(|_| Err(Failure::Later("no answer in time".to_owned()))),
            None => Ok(None),
        };
        match wanted {
            Ok(Some(tenants)) => every.push((name, Every::these(&tenants))),
            Ok(None) => every.push((name, Every::of(database, row.at(1)?).await?)),
            // The others are not to wait for it.
            Err(error) => {
                tracing::warn!(name, error = %error, "nobody knows for whom a schedule is due");
            }
        }
    }
    Ok(every)
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
