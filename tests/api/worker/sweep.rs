//! What is long over goes.

use migrations::Tier;

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
