//! Places that are the first queue's alone.

use std::sync::Arc;

use gateway_tests::Redis;
use tokio::sync::Semaphore;
use worker::{Options, Wake};

use super::yard::{QUEUE, Yard, does, options};

/// What the jobs of the other queue wait for comes only when the first queue's was done.
#[tokio::test]
async fn jobs_of_the_first_queue_are_done_while_others_hold_all_places_that_they_may() {
    let redis = Redis::start().await;
    let told = Wake::through(Some(&redis.url().into())).expect("a URL");
    for wake in [Wake::default(), told] {
        let yard = Yard::with(2).await;
        yard.run("UPDATE job_schedules SET is_active = false").await;
        yard.add(0, 10, 1).await;
        let go_on = Arc::new(Semaphore::new(0));
        let waiting = Arc::clone(&go_on);
        let handlers = does(move |job| {
            let waiting = Arc::clone(&waiting);
            async move {
                if job.queue == QUEUE {
                    waiting.acquire().await.expect("nobody closes it").forget();
                }
                Ok(worker::Done::Completed(None))
            }
        });
        let keeping = Options {
            kept: 1,
            ..options(4)
        };
        let worker = yard.work_as(keeping, wake, handlers).await;
        let held =
            format!("count(*) = 3 FROM jobs WHERE queue_name = '{QUEUE}' AND status = 'running'");
        yard.until(&held).await;
        for _ in 0..3 {
            let done = yard.add_to("email-processing", 1, 2, 100, 1).await;
            let ids: Vec<String> = done.iter().map(|id| format!("'{id}'")).collect();
            let done = format!(
                "count(*) = 2 FROM jobs WHERE status = 'completed' AND id IN ({})",
                ids.join(", ")
            );
            yard.until(&done).await;
        }
        yard.until(&held).await;
        // A place that becomes free is taken.
        go_on.add_permits(10);
        yard.until("count(*) = 16 FROM jobs WHERE status = 'completed'")
            .await;
        worker.stop().await;
    }
}
