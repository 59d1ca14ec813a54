//! Who holds a job, and for how long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::sleep};
use worker::{Done, Job, Wake, Worker};

use super::yard::{Handled, Yard, does, options};

/// A job's row, as far as somebody who lost it may not change it.
const ROW: &str = "SELECT (to_jsonb(jobs) - 'updated')::text || (SELECT jsonb_agg(to_jsonb(l) - 'updated' ORDER BY created)::text FROM job_logs l) FROM jobs";

#[tokio::test]
async fn a_lease_is_renewed_while_the_job_runs() {
    let yard = Yard::with(1).await;
    // Long enough that a busy machine does not let it run out between two renewals.
    yard.run("UPDATE job_queues SET lease_seconds = 3").await;
    yard.add(0, 1, 1).await;
    let begun = Arc::new(AtomicU32::new(0));
    let mut workers = Vec::new();
    for _ in 0..2 {
        let begun = Arc::clone(&begun);
        workers.push(
            yard.work(move |_| {
                begun.fetch_add(1, Ordering::Relaxed);
                async {
                    // Longer than the lease, and than some looks for those that have run out.
                    sleep(Duration::from_secs(9)).await;
                    Ok(Done::Completed(None))
                }
            })
            .await,
        );
    }
    yard.until("status = 'completed' FROM jobs").await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(begun.load(Ordering::Relaxed), 1);
    assert_eq!(yard.one::<i32>("SELECT attempt_count FROM jobs").await, 1);
}

/// A worker that stands still, as a process does that is stopped: its thread is blocked until the other one has done the job.
#[tokio::test]
async fn a_worker_that_renews_no_more_loses_the_job() {
    let yard = Yard::with(1).await;
    yard.run("UPDATE job_queues SET lease_seconds = 1").await;
    yard.add(0, 1, 1).await;
    let go_on = Arc::new(AtomicBool::new(false));
    let (database, blocked) = (yard.database().await, Arc::clone(&go_on));
    let thawed = Arc::clone(&go_on);
    let frozen = std::thread::spawn(move || {
        let handlers = does(move |_| {
            let blocked = Arc::clone(&blocked);
            async move {
                while !blocked.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Ok(Done::Completed(Some("the first".to_owned())))
            }
        });
        let worker = Worker::new(database, handlers, Wake::default(), options(1));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        // It has time to say what it has done, however long the other one took.
        let stop = async move {
            while !thawed.load(Ordering::Relaxed) {
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_secs(1)).await;
        };
        runtime.expect("a runtime").block_on(worker.run(stop));
    });
    yard.until("status = 'running' FROM jobs").await;
    let second = yard
        .work(async |_: Job| Ok(Done::Completed(Some("the second".to_owned()))))
        .await;
    yard.until("status = 'completed' FROM jobs").await;
    let row: String = yard.one(ROW).await;
    go_on.store(true, Ordering::Relaxed);
    frozen.join().expect("no panic");
    assert_eq!(yard.one::<String>(ROW).await, row);
    second.stop().await;
    let logs = "SELECT string_agg(concat_ws(':', attempt_number, status, log_message), '; ' ORDER BY created) FROM job_logs WHERE finished >= started AND duration_ms >= 0";
    assert_eq!(
        yard.one::<String>(logs).await,
        "1:retry:the worker was gone before the job was done; 2:success:the second"
    );
    assert_eq!(yard.one::<i32>("SELECT attempt_count FROM jobs").await, 2);
}

/// What a worker may still want of a job that somebody else has claimed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Want {
    Complete,
    Fail,
    Renew,
    HandBack,
}

#[tokio::test]
async fn who_has_lost_a_job_writes_nothing_about_it() {
    for want in [Want::Complete, Want::Fail, Want::Renew, Want::HandBack] {
        let yard = Yard::with(1).await;
        let lease = if want == Want::Renew { 3 } else { 60 };
        yard.run(&format!("UPDATE job_queues SET lease_seconds = {lease}"))
            .await;
        yard.add(0, 1, 1).await;
        let (go_on, dropped) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (waiting, guard) = (Arc::clone(&go_on), Arc::clone(&dropped));
        let worker = yard
            .work(move |_| lost(want, Arc::clone(&waiting), Dropped(Arc::clone(&guard))))
            .await;
        yard.until("count(*) = 1 FROM job_logs").await;
        yard.run("UPDATE jobs SET fence = fence + 1, leased_until = now() + interval '1 hour'")
            .await;
        let row: String = yard.one(ROW).await;
        go_on.notify_one();
        if want != Want::HandBack {
            dropped.notified().await;
        }
        worker.stop().await;
        assert_eq!(yard.one::<String>(ROW).await, row, "{want:?}");
    }
}

async fn lost(want: Want, go_on: Arc<Notify>, _until: Dropped) -> Handled {
    go_on.notified().await;
    match want {
        Want::Complete => Ok(Done::Completed(None)),
        Want::Fail => Err(worker::Failure::Later("mine".to_owned())),
        Want::Renew | Want::HandBack => std::future::pending().await,
    }
}

/// Says that the handler is no more.
struct Dropped(Arc<Notify>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}
