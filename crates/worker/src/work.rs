//! One attempt at a job.

use std::{panic::AssertUnwindSafe, time::Instant};

use chrono::Utc;
use futures::FutureExt;
use sea_orm::DbErr;
use tenant::Database;
use tokio::time::{sleep, timeout};

use crate::{
    Done, Failure, Handlers, Job, Wake, claim,
    ending::{self, Ending},
};

/// Has a job done, and writes down what became of it.
pub(crate) async fn work(database: &Database, handlers: &Handlers, wake: &Wake, mut job: Job) {
    let begun = Instant::now();
    let ending = match claim::open(database, &job).await {
        Ok(Some(payload)) => {
            job.payload = payload;
            attempt(database, handlers, wake, &job).await
        }
        Ok(None) => Ok(Ending::Lost),
        // The lease runs out, and somebody tries again.
        Err(error) => Err(error),
    };
    let (elapsed, tenant) = (begun.elapsed(), job.tenant);
    match ending {
        Ok(Ending::Dead) => tracing::warn!(%tenant, ?elapsed, "the job failed for good"),
        Ok(ending) => tracing::info!(%tenant, ?elapsed, outcome = ending.as_str(), "job"),
        Err(error) => {
            tracing::error!(%tenant, error = %error, "what became of the job can not be written down");
        }
    }
}

async fn attempt(
    database: &Database,
    handlers: &Handlers,
    wake: &Wake,
    job: &Job,
) -> Result<Ending, DbErr> {
    let Some(handler) = handlers.of(&job.job_type) else {
        // A newer worker may know what it is.
        let nobody = format!("nobody does jobs of the type {}", job.job_type);
        return ending::end(database, job, &Err(Failure::Later(nobody))).await;
    };
    let handled = AssertUnwindSafe(handler.run(job)).catch_unwind();
    let result = tokio::select! {
        result = handled => result.unwrap_or_else(|_| Err(Failure::Later("the job panicked".to_owned()))),
        () = hold(database, job) => {
            job.stop.cancel();
            return Ok(Ending::Lost);
        }
        () = job.stop.cancelled() => {
            return ending::hand_back(database, job).await;
        }
    };
    let ending = ending::end(database, job, &result).await?;
    if matches!(result, Ok(Done::Again(at)) if at <= Utc::now()) {
        wake.touch_jobs();
    }
    Ok(ending)
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
