//! What waited.

use std::time::Duration;

use futures::future::join;
use migrations::Tier;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::{sleep, timeout};

use super::metrics::{counted_of, page, value};
use crate::{
    cluster::Database,
    serving::{PATIENCE, Serving},
};

const LISTED: &str = "query Listed { companies(first: 2) { nodes { name } } }";

/// Waits until the page says so.
pub async fn until(serving: &Serving, name: &str, labels: &[&str], wanted: f64) {
    let seen = async {
        while value(&page(serving).await, name, labels) != Some(wanted) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let seen = timeout(PATIENCE, seen).await;
    assert!(seen.is_ok(), "{name} {labels:?}: {}", page(serving).await);
}

/// A superuser's connection, whose transaction lets nobody read companies.
pub async fn holding_companies(database: &Database) -> PgConnection {
    let admin = PgConnection::connect(&database.admin_url()).await;
    let mut admin = admin.expect("a connection");
    let lock = "BEGIN; LOCK TABLE companies IN ACCESS EXCLUSIVE MODE";
    admin.execute(lock).await.expect("a lock");
    admin
}

#[tokio::test]
async fn who_waits_for_a_connection_is_counted_and_for_how_long() {
    const OLTP: [&str; 1] = ["db_client_connection_pool_name=\"requests/oltp\""];
    const PENDING: &str = "db_client_connection_pending_requests";
    let database = Database::demo().await;
    let home = counted_of(&database).with("GATEWAY_MAX_CONNECTIONS", "1");
    let serving = home.serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    let mut admin = holding_companies(&database).await;
    let released = async {
        // One has the connection, the other waits for it.
        until(&serving, PENDING, &OLTP, 1.0).await;
        admin.execute("ROLLBACK").await.expect("an end");
    };
    let both = join(serving.data(&token, LISTED), serving.data(&token, LISTED));
    join(both, released).await;
    let page = page(&serving).await;
    let of = |name| value(&page, name, &OLTP);
    assert_eq!(of(PENDING), Some(0.0), "{page}");
    assert_eq!(of("gateway_db_waits_total"), Some(1.0), "{page}");
    let waited = of("gateway_db_wait_duration_seconds_total");
    assert!(waited.is_some_and(|seconds| seconds > 0.0), "{page}");
    assert_eq!(
        of("db_client_connection_timeouts_total"),
        Some(0.0),
        "{page}"
    );
    serving.stop("TERM").await;
}

#[tokio::test]
async fn a_queue_is_as_deep_as_jobs_are_due_and_as_old_as_the_first_of_them() {
    let database = Database::demo().await;
    let queue = database.admin_url_of(Tier::Queue);
    let mut admin = PgConnection::connect(&queue).await.expect("a connection");
    // Two are due, of two priorities, and one is for later. The clock makes none besides, as it does at seven past.
    let jobs = "UPDATE job_schedules SET is_active = false; DELETE FROM jobs; INSERT INTO jobs (tenant_id, queue_name, job_type, priority, run_at) VALUES
        (gen_random_uuid(), 'billing', 'test.none', 1, now() - interval '2 hours'),
        (gen_random_uuid(), 'billing', 'test.none', 9, now() - interval '1 hour'),
        (gen_random_uuid(), 'billing', 'test.none', 9, now() + interval '1 hour')";
    admin.execute(jobs).await.expect("jobs");
    let home = counted_of(&database).with("GATEWAY_WORKER", "true");
    let serving = home
        .with("GATEWAY_WORKER_QUEUES", "maintenance")
        .serve(&[])
        .await;
    until(&serving, "gateway_queue_due", &["queue=\"billing\""], 2.0).await;
    let page = page(&serving).await;
    let oldest = value(
        &page,
        "gateway_queue_oldest_seconds",
        &["queue=\"billing\""],
    );
    let hours = oldest.expect("an age") / 3600.0;
    assert!((2.0..3.0).contains(&hours), "{page}");
    let empty = ["queue=\"email-processing\""];
    assert_eq!(
        value(&page, "gateway_queue_due", &empty),
        Some(0.0),
        "{page}"
    );
    serving.stop("TERM").await;
}

#[tokio::test]
async fn attempts_at_jobs_are_counted_by_what_became_of_them() {
    let database = Database::demo().await;
    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    admin.execute("DELETE FROM outbox").await.expect("no jobs");
    let tenant: String = sqlx::query_scalar("SELECT min(id::text) FROM tenants")
        .fetch_one(&mut admin)
        .await
        .expect("a tenant");
    let queue = database.admin_url_of(Tier::Queue);
    let mut admin = PgConnection::connect(&queue).await.expect("a connection");
    admin.execute("DELETE FROM jobs").await.expect("no jobs");
    let jobs = "INSERT INTO jobs (tenant_id, queue_name, job_type, payload) VALUES
        ($1::uuid, 'maintenance', 'audit.record',
            '{\"action\": \"test.done\", \"resourceType\": \"tests\", \"happened\": \"2026-01-05T08:00:00Z\"}'),
        ($1::uuid, 'maintenance', 'audit.record', '{}'),
        ($1::uuid, 'maintenance', 'test.none', '{}')";
    let made = sqlx::query(jobs).bind(tenant).execute(&mut admin).await;
    made.expect("jobs");
    let home = counted_of(&database).with("GATEWAY_WORKER", "true");
    let serving = home
        .with("GATEWAY_WORKER_QUEUES", "maintenance")
        .serve(&[])
        .await;
    for (job_type, outcome) in [
        ("audit.record", "completed"),
        ("audit.record", "dead"),
        // Nobody does it, so it has no series of its own.
        ("(other)", "retry"),
    ] {
        let job_type = format!("job_type=\"{job_type}\"");
        let outcome = format!("outcome=\"{outcome}\"");
        let labels = [&*job_type, &outcome, "queue=\"maintenance\""];
        until(&serving, "gateway_job_duration_seconds_count", &labels, 1.0).await;
    }
    serving.stop("TERM").await;
}
