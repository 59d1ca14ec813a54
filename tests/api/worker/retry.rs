//! What becomes of jobs that fail.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::Utc;
use worker::{Done, Failure, Handlers, Job, Wake};

use super::yard::{Yard, options};

const LOGS: &str = "SELECT string_agg(concat_ws(':', attempt_number, status, log_message), '; ' ORDER BY created) FROM job_logs WHERE finished >= started AND duration_ms >= 0";

/// A job that failed keeps how long it would have waited, and is not due before the test says so.
const HELD: &str = "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        NEW.payload := jsonb_build_object('waits', extract(epoch FROM NEW.run_at - now()));
        NEW.run_at := now() + interval '1 day';
        RETURN NEW;
    END $$;
    CREATE TRIGGER hold BEFORE UPDATE ON jobs FOR EACH ROW
        WHEN (OLD.status = 'running' AND NEW.status = 'queued') EXECUTE FUNCTION hold()";

#[tokio::test]
async fn each_wait_is_twice_as_long_and_the_last_failure_is_a_dead_letter() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    yard.run("UPDATE jobs SET max_attempts = 5").await;
    yard.run(HELD).await;
    let worker = yard
        .work(async |job: Job| Err(Failure::Later(format!("no {}", job.attempt))))
        .await;
    for attempt in 1..5 {
        yard.until(&format!(
            "status = 'queued' AND attempt_count = {attempt} FROM jobs"
        ))
        .await;
        let waits: f64 = yard
            .one("SELECT (payload ->> 'waits')::float8 FROM jobs")
            .await;
        let whole = f64::from(1 << attempt);
        assert!(
            (whole / 2.0..=whole).contains(&waits),
            "{waits} s after attempt {attempt}"
        );
        yard.run("UPDATE jobs SET run_at = now()").await;
    }
    yard.until("status = 'failed' FROM jobs").await;
    yard.add(0, 1, -3600).await;
    worker.stop().await;
    let dead = "SELECT concat_ws(' ', attempt_count, last_error_message, failed = updated, leased_until IS NULL) FROM jobs WHERE status = 'failed'";
    assert_eq!(yard.one::<String>(dead).await, "5 no 5 t t");
    assert_eq!(
        yard.one::<String>(LOGS).await,
        "1:retry:no 1; 2:retry:no 2; 3:retry:no 3; 4:retry:no 4; 5:failed:no 5"
    );
}

/// What failed together does not come back together.
#[tokio::test]
async fn waits_differ() {
    let yard = Yard::with(1).await;
    yard.add(0, 20, 1).await;
    let worker = yard
        .work(async |_: Job| Err(Failure::Later("no".to_owned())))
        .await;
    // On a slow machine the first are tried again before the last are tried at all; a wait is twice the one before.
    yard.until("count(*) = 20 FROM jobs WHERE attempt_count > 0")
        .await;
    worker.stop().await;
    let spread = "SELECT max(share) - min(share) > 0.1 FROM (
            SELECT extract(epoch FROM run_at - updated) / 2 ^ attempt_count FROM jobs WHERE status = 'queued'
        ) waits (share)";
    assert!(yard.one::<bool>(spread).await);
}

#[tokio::test]
async fn what_will_not_go_better_is_dead_at_once() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    let worker = yard
        .work(async |_: Job| Err(Failure::ForGood("never\0".to_owned())))
        .await;
    yard.until(
        "status = 'failed' AND attempt_count = 1 AND last_error_message = 'never' FROM jobs",
    )
    .await;
    worker.stop().await;
    assert_eq!(yard.one::<String>(LOGS).await, "1:failed:never");
}

#[tokio::test]
async fn to_do_it_again_is_no_attempt() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    yard.run("UPDATE jobs SET max_attempts = 2").await;
    let times = Arc::new(AtomicU32::new(0));
    let worker = yard
        .work(move |_| {
            let time = times.fetch_add(1, Ordering::Relaxed);
            async move {
                match time {
                    0..6 => Ok(Done::Again(Utc::now())),
                    _ => Ok(Done::Completed(None)),
                }
            }
        })
        .await;
    yard.until("status = 'completed' FROM jobs").await;
    worker.stop().await;
    let row = "SELECT format('%s %s', attempt_count, fence) FROM jobs";
    assert_eq!(yard.one::<String>(row).await, "1 7");
    assert_eq!(
        yard.one::<i64>("SELECT count(*) FROM job_logs WHERE status = 'success'")
            .await,
        7
    );
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    yard.run(HELD).await;
    let worker = yard
        .work(|job: Job| async move {
            assert!(job.attempt > 1, "a test's panic");
            Ok(Done::Completed(None))
        })
        .await;
    yard.until("status = 'queued' AND last_error_message = 'the job panicked' FROM jobs")
        .await;
    yard.run("UPDATE jobs SET run_at = now()").await;
    yard.until("status = 'completed' AND last_error_message IS NULL FROM jobs")
        .await;
    worker.stop().await;
    assert_eq!(
        yard.one::<String>(LOGS).await,
        "1:retry:the job panicked; 2:success"
    );
}

/// A newer worker may know its type.
#[tokio::test]
async fn what_nobody_does_waits() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    let worker = yard
        .work_as(options(1), Wake::default(), Handlers::default())
        .await;
    yard.until(
        "status = 'queued' AND last_error_message = 'nobody does jobs of the type test' FROM jobs",
    )
    .await;
    worker.stop().await;
}

#[tokio::test]
async fn the_log_says_what_is_under_way() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    let worker = yard.work(async |_: Job| std::future::pending().await).await;
    yard.until("count(*) = 1 FROM job_logs WHERE status = 'attempting' AND finished IS NULL AND attempt_number = 1").await;
    worker.stop().await;
    assert_eq!(yard.one::<String>(LOGS).await, "1:retry:the worker stopped");
}
