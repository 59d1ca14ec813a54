//! Jobs, in their own database.

use chrono::{DateTime, TimeDelta, Utc};
use seed::AdminUrls;

use crate::{Databases, ask, content, of_oltp, run};

/// Databases of both tiers.
async fn both(databases: &Databases, name: &str) -> (AdminUrls, String) {
    let oltp = databases.migrated(name).await;
    let tier = migrations::Tier::Queue;
    let jobs = databases.migrated_as(tier, &format!("{name}_queue")).await;
    let urls = AdminUrls {
        analytics: None,
        queue: Some(jobs.clone()),
        ..of_oltp(&oltp)
    };
    (urls, jobs)
}

async fn count(url: &str, sql: &str) -> i64 {
    let rows: Vec<(i64,)> = ask(url, sql).await;
    rows[0].0
}

/// The tables that tenants have rows in.
async fn filled(url: &str) -> Vec<(String, i64, Option<String>)> {
    let mut tables = content(url).await;
    tables.retain(|(table, ..)| ["jobs", "job_logs"].contains(&table.as_str()));
    tables
}

#[tokio::test]
async fn both_tenants_have_work_that_is_done_that_waits_and_that_failed() {
    let databases = Databases::start().await;
    let (urls, jobs) = both(&databases, "demo").await;
    let demo = seed::demo(&urls, Utc::now()).await.expect("made");
    for tenant in &demo.tenants {
        let of = format!("FROM jobs WHERE tenant_id = '{}'", tenant.id);
        let found: Vec<(String, i64)> = ask(
            &jobs,
            &format!("SELECT status, count(*) {of} GROUP BY 1 ORDER BY 1"),
        )
        .await;
        let found: Vec<_> = found
            .iter()
            .map(|(status, count)| (&**status, *count))
            .collect();
        assert_eq!(found, [("completed", 5), ("failed", 2), ("queued", 1)]);
    }
}

/// What the worker would have written.
#[tokio::test]
async fn every_job_agrees_with_its_log_and_its_queue() {
    let databases = Databases::start().await;
    let (urls, jobs) = both(&databases, "demo").await;
    seed::demo(&urls, Utc::now()).await.expect("made");
    let odd = [
        ("an attempt without an entry", "SELECT count(*) FROM jobs j WHERE attempt_count
            <> (SELECT count(DISTINCT attempt_number) FROM job_logs l WHERE (l.tenant_id, l.job_id) = (j.tenant_id, j.id))"),
        ("an entry of another tenant's job, or of none", "SELECT count(*) FROM job_logs l
            WHERE NOT EXISTS (SELECT FROM jobs j WHERE (j.tenant_id, j.id) = (l.tenant_id, l.job_id))"),
        ("a last entry of another outcome", "SELECT count(*) FROM jobs j JOIN job_logs l
            ON l.job_id = j.id AND l.attempt_number = j.attempt_count
            WHERE l.status <> CASE j.status WHEN 'completed' THEN 'success' WHEN 'failed' THEN 'failed' ELSE 'retry' END
                OR l.log_message IS DISTINCT FROM j.last_error_message OR l.started <> j.started"),
        ("an earlier entry that is no retry", "SELECT count(*) FROM jobs j JOIN job_logs l
            ON l.job_id = j.id AND l.attempt_number < j.attempt_count WHERE l.status <> 'retry' OR l.log_message IS NULL"),
        ("a try before the one before it had ended", "SELECT count(*) FROM job_logs a JOIN job_logs b
            ON b.job_id = a.job_id AND b.attempt_number = a.attempt_number + 1 WHERE b.started <= a.finished"),
        ("a duration of its own", "SELECT count(*) FROM job_logs
            WHERE duration_ms <> (extract(epoch FROM finished - started) * 1000)::integer"),
        ("made in the future", "SELECT count(*) FROM jobs WHERE greatest(created, updated, started, completed, failed) > now()"),
        ("tried too often, or given up too early", "SELECT count(*) FROM jobs
            WHERE attempt_count > max_attempts OR (status = 'failed') <> (attempt_count = max_attempts)"),
        ("other limits than the queue's", "SELECT count(*) FROM jobs j JOIN job_queues q ON q.name = j.queue_name
            WHERE (j.priority, j.max_attempts) <> (q.default_priority, q.max_attempts)"),
        ("a time of an end that there was not", "SELECT count(*) FROM jobs
            WHERE (completed IS NOT NULL) <> (status = 'completed') OR (failed IS NOT NULL) <> (status = 'failed')"),
        ("done, and swept at the first look", "SELECT count(*) FROM jobs
            WHERE status = 'completed' AND updated < now() - interval '7 days'"),
    ];
    for (what, sql) in odd {
        assert_eq!(count(&jobs, sql).await, 0, "{what}");
    }
}

/// A demo that is looked at must not write to anybody, whoever replays what.
#[tokio::test]
async fn what_a_worker_makes_of_them_sends_nothing() {
    let databases = Databases::start().await;
    let (urls, jobs) = both(&databases, "demo").await;
    seed::demo(&urls, Utc::now()).await.expect("made");
    let about: Vec<(String,)> = ask(
        &jobs,
        "SELECT tenant_id || '/' || (payload ->> 'campaignId') FROM jobs WHERE job_type = 'campaign.run'",
    )
    .await;
    assert_eq!(about.len(), 2 * 5);
    let campaigns: Vec<(String, String)> = ask(
        &urls.oltp,
        "SELECT tenant_id || '/' || id, status FROM campaigns",
    )
    .await;
    for (campaign,) in about {
        let status = campaigns.iter().find(|(id, _)| *id == campaign);
        let (_, status) = status.expect("a campaign of the tenant");
        assert!(
            ["paused", "completed"].contains(&status.as_str()),
            "{status}"
        );
    }
    let other =
        "SELECT count(*) FROM jobs WHERE job_type NOT IN ('campaign.run', 'content.maintain')";
    assert_eq!(count(&jobs, other).await, 0);
}

#[tokio::test]
async fn jobs_are_the_same_in_every_database_and_written_once() {
    let databases = Databases::start().await;
    let now = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let mut found = Vec::new();
    for name in ["first", "second"] {
        let (urls, jobs) = both(&databases, name).await;
        seed::demo(&urls, now).await.expect("made");
        let rows = filled(&jobs).await;
        seed::demo(&urls, now + TimeDelta::days(3))
            .await
            .expect("found");
        assert_eq!(filled(&jobs).await, rows);
        found.push(rows);
    }
    assert_eq!(found[0], found[1]);
}

/// As in a folder that was made by a version that knew no jobs.
#[tokio::test]
async fn a_demo_without_jobs_gets_some() {
    let databases = Databases::start().await;
    let (urls, jobs) = both(&databases, "demo").await;
    let now = Utc::now();
    let made = seed::demo(&of_oltp(&urls.oltp), now).await.expect("made");
    assert_eq!(count(&jobs, "SELECT count(*) FROM jobs").await, 0);
    assert_eq!(seed::demo(&urls, now).await.expect("found"), made);
    assert!(count(&jobs, "SELECT count(*) FROM jobs").await > 0);
}

#[tokio::test]
async fn jobs_that_are_gone_stay_away_once_a_worker_was_there() {
    let databases = Databases::start().await;
    let (urls, jobs) = both(&databases, "demo").await;
    seed::demo(&urls, Utc::now()).await.expect("made");
    run(
        &jobs,
        "DELETE FROM jobs; UPDATE job_schedules SET last_run = now()",
    )
    .await;
    seed::demo(&urls, Utc::now()).await.expect("found");
    assert_eq!(count(&jobs, "SELECT count(*) FROM jobs").await, 0);
}

/// As the mutation would have left them: a relay makes jobs of them that wait for their time.
#[tokio::test]
async fn each_scheduled_campaign_is_reported_for_its_time() {
    let databases = Databases::start().await;
    let url = databases.migrated("demo").await;
    seed::demo(&of_oltp(&url), Utc::now()).await.expect("made");
    let scheduled =
        "SELECT count(*) FROM campaigns WHERE status = 'scheduled' AND scheduled > now()";
    let reported = "SELECT count(*) FROM campaigns c JOIN outbox o ON o.tenant_id = c.tenant_id \
         AND o.payload ->> 'campaignId' = c.id::text AND (o.payload ->> 'at')::timestamptz = c.scheduled \
         WHERE c.status = 'scheduled' AND o.topic = 'campaign.scheduled' AND o.processed IS NULL";
    let waiting = count(&url, scheduled).await;
    assert!(waiting > 0);
    assert_eq!(count(&url, reported).await, waiting);
    let all = "SELECT count(*) FROM outbox WHERE processed IS NULL";
    assert_eq!(count(&url, all).await, waiting);
}
