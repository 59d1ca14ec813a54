//! What is long over goes.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use chrono::Utc;
use migrations::Tier;
use worker::Done;

use super::yard::{Yard, done};

#[tokio::test]
async fn what_is_long_over_is_removed_and_dead_letters_stay() {
    let yard = Yard::with(1).await;
    let tenant = yard.tenants[0];
    yard.run(&format!(
        "INSERT INTO jobs (tenant_id, queue_name, job_type, status, updated, dedupe_key)
         SELECT '{tenant}', 'billing', 'test', status, now() - make_interval(days => days), made || ':' || n
         FROM (VALUES ('completed', 8, 2500, NULL), ('completed', 6, 2, NULL), ('failed', 80, 3, NULL), ('completed', 3, 2500, 'schedule:a'),
            ('completed', 1, 1, 'schedule:b'), ('failed', 3, 1, 'schedule:c'), ('completed', 3, 1, 'at:once')) AS v (status, days, many, made), generate_series(1, many) n;
         INSERT INTO job_logs (tenant_id, job_id, status, attempt_number, started) SELECT tenant_id, id, 'success', 1, now() FROM jobs"
    ))
    .await;
    yard.run_in(
        Tier::Oltp,
        &format!(
            "INSERT INTO outbox (tenant_id, topic, payload, processed, created)
             SELECT '{tenant}', 'campaign.started', '{{}}', now() - make_interval(hours => hours), now() - interval '40 days'
             FROM (VALUES (25, 2500), (23, 2)) AS v (hours, many), generate_series(1, many)"
        ),
    )
    .await;
    let worker = yard.work(done).await;
    yard.until("count(*) = 8 FROM jobs").await;
    yard.until_in(Tier::Oltp, "count(*) = 2 FROM outbox").await;
    worker.stop().await;
    let left = "SELECT string_agg(status || coalesce(' ' || dedupe_key, ''), ', ' ORDER BY status, dedupe_key) FROM jobs";
    assert_eq!(
        yard.one::<String>(left).await,
        "completed at:once:1, completed schedule:b:1, completed, completed, failed schedule:c:1, failed, failed, failed"
    );
    assert_eq!(yard.one::<i64>("SELECT count(*) FROM job_logs").await, 8);
}

/// What nobody takes does not pile up; what is work waits, however long.
#[tokio::test]
async fn what_is_no_work_and_old_is_removed() {
    let yard = Yard::with(1).await;
    let tenant = yard.tenants[0];
    yard.run_in(
        Tier::Oltp,
        &format!(
            "INSERT INTO outbox (tenant_id, topic, payload, created)
             SELECT '{tenant}', topic, '{{}}', now() - make_interval(days => days)
             FROM (VALUES ('subscription.renewed', 31, 2500), ('subscription.renewed', 29, 2), ('payment.failed', 31, 1),
                 ('a.first', 31, 3), ('z.last', 31, 3), ('campaign.started', 31, 4)) AS v (topic, days, many),
                 generate_series(1, many)"
        ),
    )
    .await;
    let worker = yard.work(done).await;
    yard.until_in(Tier::Oltp, "count(*) = 6 FROM outbox").await;
    yard.until_in(
        Tier::Oltp,
        "bool_and(processed IS NOT NULL) FROM outbox WHERE topic = 'campaign.started'",
    )
    .await;
    worker.stop().await;
    assert_eq!(
        yard.one_in::<i64>(
            Tier::Oltp,
            "SELECT count(*) FROM outbox WHERE processed IS NULL"
        )
        .await,
        2
    );
    let work = "SELECT count(*) FROM jobs WHERE job_type = 'campaign.run'";
    assert_eq!(yard.one::<i64>(work).await, 4);
}

/// As one that reads a mailbox each minute, for ever.
#[tokio::test]
async fn of_a_job_that_is_never_over_the_last_attempts_are_kept() {
    let yard = Yard::with(1).await;
    yard.add(0, 1, 1).await;
    let tried = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&tried);
    let worker = yard
        .work(move |_| {
            let times = count.fetch_add(1, Ordering::Relaxed);
            async move {
                Ok(match times {
                    ..170 => Done::Again(Utc::now()),
                    _ => Done::Completed(Some("the last".to_owned())),
                })
            }
        })
        .await;
    yard.until("status = 'completed' FROM jobs").await;
    worker.stop().await;
    assert_eq!(tried.load(Ordering::Relaxed), 171);
    let kept =
        "SELECT count(*) BETWEEN 100 AND 120 AND max(log_message) = 'the last' FROM job_logs";
    assert!(yard.one::<bool>(kept).await);
}

#[tokio::test]
async fn jobs_of_a_tenant_that_is_gone_are_not_done_and_go() {
    let yard = Yard::with(2).await;
    yard.run("UPDATE job_schedules SET is_active = false").await;
    yard.add(0, 3, 1).await;
    yard.add(1, 2, 1).await;
    yard.add(0, 1, 1).await;
    let dead = "INSERT INTO jobs (tenant_id, queue_name, job_type, status, failed)
         SELECT tenant_id, queue_name, job_type, 'failed', now() FROM jobs";
    yard.run(dead).await;
    let gone = format!(
        "UPDATE tenants SET deleted = now() WHERE id = '{}'",
        yard.tenants[0]
    );
    yard.run_in(Tier::Oltp, &gone).await;
    let tried = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&tried);
    let worker = yard
        .work(move |job| {
            count.fetch_add(1, Ordering::Relaxed);
            done(job)
        })
        .await;
    // Of the one all is over; of the other what was due, and its dead letters wait.
    let over = "count(*) = 8 AND string_agg(status, ' ' ORDER BY tenant_id, status) =
        'completed completed completed completed completed completed failed failed' FROM jobs";
    yard.until(over).await;
    worker.stop().await;
    assert_eq!(tried.load(Ordering::Relaxed), 2);
}
