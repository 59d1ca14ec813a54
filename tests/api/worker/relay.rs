//! What the outbox holds becomes jobs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use migrations::Tier;
use tokio::time::sleep;
use worker::{Done, Options, Wake};

use super::yard::{Yard, does, done, options};

impl Yard {
    async fn report(&self, topic: &str, payload: &str, count: u32) {
        let sql = format!(
            "INSERT INTO outbox (tenant_id, topic, payload) SELECT '{}', '{topic}', '{payload}' FROM generate_series(1, {count})",
            self.tenants[0]
        );
        self.run_in(Tier::Oltp, &sql).await;
    }
}

#[tokio::test]
async fn each_row_is_one_job_however_many_pass_it_on() {
    let yard = Yard::with(1).await;
    yard.report("campaign.started", r#"{"campaignId": "x"}"#, 1200)
        .await;
    let begun = Arc::new(AtomicU32::new(0));
    let mut workers = Vec::new();
    for _ in 0..4 {
        let begun = Arc::clone(&begun);
        let handler = move |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            async { Ok(Done::Completed(None)) }
        };
        workers.push(yard.work(handler).await);
    }
    yard.until_in(Tier::Oltp, "bool_and(processed IS NOT NULL) FROM outbox")
        .await;
    yard.until("bool_and(status = 'completed') FROM jobs").await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(
        yard.one::<i64>("SELECT count(*) FROM jobs WHERE payload = '{\"campaignId\": \"x\"}'")
            .await,
        1200
    );
    assert_eq!(begun.load(Ordering::Relaxed), 1200);
}

/// A relay has made the job, and died before it could say so.
#[tokio::test]
async fn a_job_that_is_there_already_is_not_made_again() {
    let yard = Yard::with(1).await;
    yard.report("campaign.started", "{}", 1).await;
    let id: uuid::Uuid = yard.one_in(Tier::Oltp, "SELECT id FROM outbox").await;
    yard.run(&format!(
        "INSERT INTO jobs (id, tenant_id, queue_name, job_type, status, completed) VALUES ('{id}', '{}', 'email-sending', 'campaign.run', 'completed', now())",
        yard.tenants[0]
    ))
    .await;
    let row: String = yard.one("SELECT to_jsonb(jobs)::text FROM jobs").await;
    let worker = yard.work(done).await;
    yard.until_in(Tier::Oltp, "processed IS NOT NULL FROM outbox")
        .await;
    worker.stop().await;
    assert_eq!(
        yard.one::<String>("SELECT to_jsonb(jobs)::text FROM jobs")
            .await,
        row
    );
    assert_eq!(yard.one::<i64>("SELECT count(*) FROM jobs").await, 1);
}

/// One pass over them is all there is until somebody touches the wake, or the poll comes.
#[tokio::test]
async fn what_is_no_work_stays_and_keeps_nobody_busy() {
    let yard = Yard::with(1).await;
    yard.report("nothing.known", "{}", 600).await;
    yard.report("something.else", "{}", 600).await;
    let (asked, wake) = (
        "SELECT coalesce(idx_scan, 0) + seq_scan FROM pg_stat_user_tables WHERE relname = 'outbox'",
        Wake::default(),
    );
    let before: i64 = yard.one_in(Tier::Oltp, asked).await;
    let seldom = Options {
        poll: Duration::from_secs(3600),
        ..options(1)
    };
    let worker = yard.work_as(seldom, wake.clone(), does(done)).await;
    sleep(Duration::from_secs(1)).await;
    yard.report("campaign.started", "{}", 1).await;
    wake.touch();
    yard.until("count(*) = 1 FROM jobs WHERE status = 'completed'")
        .await;
    worker.stop().await;
    // A session tells what it read when it ends, which is not waited for.
    let is_told = format!(
        "coalesce(idx_scan, 0) + seq_scan > {before} FROM pg_stat_user_tables WHERE relname = 'outbox'"
    );
    yard.until_in(Tier::Oltp, &is_told).await;
    let scans = yard.one_in::<i64>(Tier::Oltp, asked).await - before;
    assert!((1..20).contains(&scans), "{scans}");
    let left = "SELECT count(*) FROM outbox WHERE processed IS NULL";
    assert_eq!(yard.one_in::<i64>(Tier::Oltp, left).await, 1200);
}

#[tokio::test]
async fn a_job_waits_for_the_moment_that_its_change_names() {
    let yard = Yard::with(1).await;
    yard.report(
        "campaign.scheduled",
        r#"{"campaignId": "x", "at": "2101-02-03T04:05:06Z"}"#,
        1,
    )
    .await;
    yard.report(
        "campaign.scheduled",
        r#"{"campaignId": "y", "at": "soon"}"#,
        1,
    )
    .await;
    let worker = yard.work(done).await;
    yard.until(
        "count(*) = 1 FROM jobs WHERE status = 'completed' AND payload ->> 'campaignId' = 'y'",
    )
    .await;
    yard.until(
        "count(*) = 1 FROM jobs WHERE status = 'queued' AND run_at = '2101-02-03T04:05:06Z'",
    )
    .await;
    worker.stop().await;
}
