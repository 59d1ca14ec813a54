//! Which jobs come first, and that no tenant waits for the others to be done.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use uuid::Uuid;
use worker::{Done, Job, Options, Wake};

use super::yard::{Handled, QUEUE, Running, Yard, does, options};

/// Remembers in which order jobs were begun.
#[derive(Clone, Default)]
struct Order(Arc<Mutex<Vec<Uuid>>>);

impl Order {
    /// A worker that remembers.
    async fn work(&self, yard: &Yard, options: Options) -> Running {
        let order = self.clone();
        let handlers = does(move |job| order.clone().note(job));
        yard.work_as(options, Wake::default(), handlers).await
    }

    async fn note(self, job: Job) -> Handled {
        self.0.lock().expect("no panic").push(job.id.into());
        Ok(Done::Completed(None))
    }

    fn place(&self, id: Uuid) -> Option<usize> {
        let begun = self.0.lock().expect("no panic");
        begun.iter().position(|found| *found == id)
    }
}

/// It takes one job at a time, as one does that is busy: each claim is for the place of the job that has just ended.
#[tokio::test]
async fn the_most_urgent_comes_first_and_tenants_take_turns() {
    let yard = Yard::with(2).await;
    yard.add(0, 2000, 600).await;
    let late = yard.add(1, 1, 1).await[0];
    let urgent = yard.add_to(QUEUE, 0, 1, 50, 1).await[0];
    let order = Order::default();
    let worker = order.work(&yard, options(1)).await;
    yard.until("count(*) > 20 FROM jobs WHERE status = 'completed'")
        .await;
    worker.stop().await;
    assert_eq!(order.place(urgent), Some(0));
    assert!(order.place(late).is_some_and(|place| place < 3));
}

/// One tenant's jobs are the oldest, another's the newest, as many as one likes.
#[tokio::test]
async fn neither_many_jobs_nor_new_ones_hide_the_others() {
    let yard = Yard::with(3).await;
    yard.add(0, 2000, 600).await;
    let between = yard.add(1, 1, 300).await[0];
    yard.add(2, 2000, 1).await;
    let order = Order::default();
    let worker = order.work(&yard, options(1)).await;
    yard.until("count(*) > 20 FROM jobs WHERE status = 'completed'")
        .await;
    worker.stop().await;
    assert!(order.place(between).is_some_and(|place| place < 3));
}

/// The worker looks once, and not again for as long as the test lasts.
#[tokio::test]
async fn tenants_that_wait_hide_nobody() {
    let yard = Yard::with(1000).await;
    yard.run("UPDATE job_schedules SET is_active = false").await;
    yard.run(
        "INSERT INTO jobs (tenant_id, queue_name, job_type, run_at)
         SELECT lpad(to_hex(n), 32, '0')::uuid, 'email-sending', 'test', now() + interval '1 day'
         FROM generate_series(1, 1000) AS n",
    )
    .await;
    let due = yard.add(600, 1, 1).await[0];
    let once = Options {
        poll: Duration::from_secs(3600),
        ..options(1)
    };
    let order = Order::default();
    let worker = order.work(&yard, once).await;
    yard.until("count(*) = 1 FROM jobs WHERE status = 'completed'")
        .await;
    worker.stop().await;
    assert_eq!(order.place(due), Some(0));
}
