//! A worker that stops.

use std::time::Duration;

use rand::Rng;
use tokio::time::sleep;
use worker::{Done, Job, Options, Wake};

use super::yard::{Yard, does, done, options};

#[tokio::test]
async fn jobs_get_time_to_end_and_the_others_are_handed_back() {
    let yard = Yard::with(1).await;
    yard.run("UPDATE job_queues SET lease_seconds = 600").await;
    let short = yard.add(0, 1, 10).await[0];
    let long = yard.add(0, 1, 5).await[0];
    let handlers = does(move |job: Job| async move {
        if uuid::Uuid::from(job.id) == short {
            sleep(Duration::from_millis(1500)).await;
            return Ok(Done::Completed(None));
        }
        std::future::pending().await
    });
    let patient = Options {
        drain: Duration::from_secs(5),
        ..options(2)
    };
    let worker = yard.work_as(patient, Wake::default(), handlers).await;
    yard.until("count(*) = 2 FROM job_logs").await;
    let untouched = yard.add(0, 1, 1).await[0];
    worker.stop().await;
    let row =
        |id| format!("SELECT format('%s %s', status, attempt_count) FROM jobs WHERE id = '{id}'");
    assert_eq!(yard.one::<String>(&row(short)).await, "completed 1");
    assert_eq!(yard.one::<String>(&row(long)).await, "queued 0");
    assert_eq!(yard.one::<String>(&row(untouched)).await, "queued 0");
    let next = yard.work(done).await;
    yard.until("bool_and(status = 'completed' AND attempt_count = 1) FROM jobs")
        .await;
    next.stop().await;
}

/// Whatever it was at, also in the middle of a claim: no job is left to wait until a lease has run out.
#[tokio::test]
async fn a_worker_that_stops_leaves_no_job_behind() {
    let yard = Yard::with(2).await;
    yard.add(0, 3000, 60).await;
    for round in 0..25 {
        let pause = rand::rng().random_range(0..60);
        let completed: i64 = yard
            .one("SELECT count(*) FROM jobs WHERE status = 'completed'")
            .await;
        let worker = yard
            .work(async |_: Job| {
                sleep(Duration::from_millis(3)).await;
                Ok(Done::Completed(None))
            })
            .await;
        // Every other one has done something: on a busy machine one may be stopped before it has taken a job.
        if round % 2 == 1 {
            let more = format!("count(*) > {completed} FROM jobs WHERE status = 'completed'");
            yard.until(&more).await;
        }
        sleep(Duration::from_millis(20 + pause)).await;
        worker.stop().await;
        let running: i64 = yard
            .one("SELECT count(*) FROM jobs WHERE status = 'running'")
            .await;
        assert_eq!(running, 0, "stopped after {pause} ms in round {round}");
    }
    assert_eq!(
        yard.one::<i32>("SELECT max(attempt_count) FROM jobs").await,
        1
    );
}
