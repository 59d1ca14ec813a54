//! One attempt at a job.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use chrono::Utc;
use futures::FutureExt;
use sea_orm::DbErr;
use tenant::{Database, link_trace};
use tokio::time::{sleep, timeout};
use tracing::Span;

use crate::{
    Done, Failure, Handlers, Job, Wake,
    claim::{self, Opening},
    ending::{self, Ending},
    metrics,
};

/// What became of an attempt, and why if it failed.
struct Attempt {
    ending: Ending,
    reason: Option<String>,
}

impl From<Ending> for Attempt {
    fn from(ending: Ending) -> Self {
        Self {
            ending,
            reason: None,
        }
    }
}

/// Has a job done, and writes down what became of it.
pub(crate) async fn work(database: &Database, handlers: &Handlers, wake: &Wake, mut job: Job) {
    let begun = Instant::now();
    let attempt = match claim::open(database, &job).await {
        Ok(Opening::Opened(opened)) => {
            if let Some(parent) = opened.trace_parent {
                link_trace(&Span::current(), &parent);
            }
            job.payload = opened.payload;
            attempt(database, handlers, wake, &job).await
        }
        Ok(Opening::Lost) => Ok(Ending::Lost.into()),
        Ok(Opening::Gone) => ending::drop_of_gone(database, &job)
            .await
            .map(Attempt::from),
        // The lease runs out, and somebody tries again.
        Err(error) => Err(error),
    };
    let elapsed = begun.elapsed();
    if let Ok(attempt) = &attempt {
        let outcome = attempt.ending.as_str();
        Span::current().record("outcome", outcome);
        metrics::ended(handlers, &job, outcome, elapsed);
    }
    log(&job, attempt, elapsed);
}

/// One line an attempt, as each request has one; the span around it knows the job's id.
fn log(job: &Job, attempt: Result<Attempt, DbErr>, elapsed: Duration) {
    let ms = (elapsed.as_secs_f64() * 100_000.0).round() / 100.0;
    let outcome = match &attempt {
        Ok(attempt) => attempt.ending.as_str(),
        Err(_) => "unknown",
    };
    let error = match &attempt {
        Ok(attempt) => attempt.reason.clone(),
        Err(error) => Some(error.to_string()),
    };
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                "type" = %job.job_type,
                queue = %job.queue,
                tenant = %job.tenant,
                attempt = job.attempt,
                outcome = %outcome,
                ms,
                error = error.as_ref().map(display),
                "job"
            )
        };
    }
    match attempt {
        Ok(Attempt {
            ending: Ending::Dead,
            ..
        }) => line!(warn),
        // What only looks whether there is something to do, and comes back, does so each minute.
        Ok(Attempt {
            ending: Ending::Again,
            ..
        }) => line!(debug),
        Ok(_) => line!(info),
        Err(_) => line!(error),
    }
}

async fn attempt(
    database: &Database,
    handlers: &Handlers,
    wake: &Wake,
    job: &Job,
) -> Result<Attempt, DbErr> {
    let Some(handler) = handlers.of(&job.job_type) else {
        // A newer worker may know what it is.
        let nobody = format!("nobody does jobs of the type {}", job.job_type);
        return end(database, job, Err(Failure::Later(nobody))).await;
    };
    let handled = AssertUnwindSafe(handler.run(job)).catch_unwind();
    let result = tokio::select! {
        result = handled => result.unwrap_or_else(|_| Err(Failure::Later("the job panicked".to_owned()))),
        () = hold(database, job) => {
            job.stop.cancel();
            return Ok(Ending::Lost.into());
        }
        () = job.stop.cancelled() => {
            return ending::hand_back(database, job).await.map(Attempt::from);
        }
    };
    let is_due = matches!(result, Ok(Done::Again(at)) if at <= Utc::now());
    let attempt = end(database, job, result).await?;
    if is_due {
        wake.touch_jobs();
    }
    Ok(attempt)
}

async fn end(
    database: &Database,
    job: &Job,
    result: Result<Done, Failure>,
) -> Result<Attempt, DbErr> {
    let ending = ending::end(database, job, &result).await?;
    let reason = match result {
        Ok(_) => None,
        Err(Failure::Later(reason) | Failure::ForGood(reason)) => Some(reason),
    };
    Ok(Attempt { ending, reason })
}

/// Renews the lease again and again; ends once it is lost, or has run out while nobody could be asked.
async fn hold(database: &Database, job: &Job) {
    let mut held = job.claimed;
    loop {
        sleep(job.lease / 3).await;
        let asked = Instant::now();
        let left = job.lease.saturating_sub(held.elapsed());
        match timeout(left, ending::renew(database, job)).await {
            Ok(Ok(true)) => held = asked,
            Ok(Ok(false)) | Err(_) => return,
            Ok(Err(error)) => tracing::warn!(error = %error, "a lease can not be renewed"),
        }
    }
}
