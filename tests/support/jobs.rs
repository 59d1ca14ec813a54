//! Jobs of the demo's tenants: some of each status, and what came of their attempts.

use sqlx::{Connection, PgConnection};

/// How many jobs each tenant has, as many of each status.
pub const JOBS: i64 = 25;

const FILL: &str = "
INSERT INTO jobs (id, tenant_id, queue_name, job_type, status, priority, payload, attempt_count, max_attempts, run_at,
    leased_until, started, completed, failed, last_error_message, dedupe_key, created, updated)
SELECT md5('job ' || tenant || n)::uuid, tenant, (ARRAY['email-processing', 'email-sending', 'billing'])[1 + n % 3],
    (ARRAY['send', 'parse'])[1 + n % 2], status, 40 * (n % 4), jsonb_build_object('place', n), n % 10, 10, made,
    CASE status WHEN 'running' THEN made + interval '1 minute' END,
    CASE WHEN status IN ('running', 'completed', 'failed') THEN made END,
    CASE status WHEN 'completed' THEN made + interval '1 second' END,
    CASE status WHEN 'failed' THEN made + interval '2 seconds' END,
    CASE status WHEN 'failed' THEN 'the server said 550' END,
    CASE WHEN n % 2 = 0 THEN 'once ' || n END, made, made
FROM unnest($1::uuid[]) AS tenant, generate_series(0, $2 - 1) AS n,
    LATERAL (SELECT (ARRAY['queued', 'migrated_to_redis', 'running', 'completed', 'failed'])[1 + n % 5] AS status,
        timestamptz '2026-06-15 12:00:00Z' - n * interval '37 minutes' AS made) AS it";

const LOGS: &str = "
INSERT INTO job_logs (id, tenant_id, job_id, status, log_message, attempt_number, started, finished, duration_ms, created, updated)
SELECT md5('log ' || j.id || n)::uuid, j.tenant_id, j.id,
    CASE WHEN n < 2 THEN 'retry' WHEN j.status = 'failed' THEN 'failed' WHEN j.status = 'completed' THEN 'success' ELSE 'attempting' END,
    CASE WHEN n < 2 THEN 'the server said 450' END, n, j.created + n * interval '1 second',
    CASE WHEN j.status <> 'running' THEN j.created + n * interval '2 seconds' END,
    CASE WHEN j.status <> 'running' THEN n * 1000 END, j.created + n * interval '1 second', j.created
FROM jobs j, generate_series(1, 2) AS n WHERE j.started IS NOT NULL";

const DROPPED: &str = "
INSERT INTO dropped_jobs (id, tenant_id) SELECT md5('dropped ' || tenant)::uuid, tenant FROM unnest($1::uuid[]) AS tenant";

/// Fills the queue tier's database at `url`, a superuser's.
pub(crate) async fn fill(url: &str, demo: &seed::Demo) {
    let tenants: Vec<_> = demo.tenants.iter().map(|tenant| tenant.id).collect();
    let mut connection = PgConnection::connect(url).await.expect("the queue tier");
    let jobs = sqlx::query(FILL).bind(&tenants).bind(JOBS);
    jobs.execute(&mut connection).await.expect("jobs");
    let logs = sqlx::query(LOGS).execute(&mut connection).await;
    logs.expect("logs of jobs");
    let dropped = sqlx::query(DROPPED).bind(&tenants);
    let dropped = dropped.execute(&mut connection).await;
    dropped.expect("jobs that were dropped");
    connection.close().await.expect("an end");
}
