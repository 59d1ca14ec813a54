//! Jobs, and what came of each attempt.
//!
//! A job is claimed by the dispatcher, who sees of which tenant it is and when it is due, but not what it says; it is
//! done in a transaction of its tenant. `fence` counts the claims: whoever writes to a job says which claim is his,
//! so one whose lease has run out writes no more. A job of one `dedupe_key` is there once in a tenant and queue.
//!
//! A tenant's members see its jobs; owners and admins put dead letters (jobs that failed for good) back, or drop them.

use crate::{
    row_security::{ADMINS, dispatched, grant, tenant_ungranted, worked, writers},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = r#"
CREATE TABLE jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    queue_name varchar(100) COLLATE "C" NOT NULL REFERENCES job_queues (name),
    job_type varchar(100) COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'queued',
    priority integer NOT NULL DEFAULT 100,
    payload jsonb NOT NULL DEFAULT '{}',
    attempt_count integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 10,
    fence integer NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    started timestamptz,
    completed timestamptz,
    failed timestamptz,
    last_error_message text,
    dedupe_key varchar(200) COLLATE "C",
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT jobs_status_check
        CHECK (status IN ('queued', 'migrated_to_redis', 'running', 'completed', 'failed')),
    CONSTRAINT jobs_priority_check CHECK (priority BETWEEN 0 AND 1000),
    CONSTRAINT jobs_max_attempts_check CHECK (max_attempts BETWEEN 1 AND 100),
    CONSTRAINT jobs_leased_until_check CHECK ((status = 'running') = (leased_until IS NOT NULL)),
    CONSTRAINT jobs_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE UNIQUE INDEX jobs_dedupe_key_key ON jobs (tenant_id, queue_name, dedupe_key)
    WHERE dedupe_key IS NOT NULL;
-- What is due: the most urgent first, tenant by tenant, the oldest first; and which tenants have any, without those
-- whose jobs are all for later.
CREATE INDEX idx_jobs_due ON jobs (queue_name, priority, tenant_id, run_at, id)
    WHERE status IN ('queued', 'migrated_to_redis');
CREATE INDEX idx_jobs_run_at ON jobs (queue_name, priority, run_at) INCLUDE (tenant_id)
    WHERE status IN ('queued', 'migrated_to_redis');
CREATE INDEX idx_jobs_migrated ON jobs (updated) WHERE status = 'migrated_to_redis';
CREATE INDEX idx_jobs_leased ON jobs (leased_until) WHERE status = 'running';
CREATE INDEX idx_jobs_ended ON jobs (updated) WHERE status IN ('completed', 'failed');
CREATE INDEX idx_jobs_tenant_created ON jobs (tenant_id, created DESC, id DESC);
CREATE INDEX idx_jobs_tenant_queue ON jobs (tenant_id, queue_name, created DESC, id DESC);
CREATE INDEX idx_jobs_tenant_status ON jobs (tenant_id, status, created DESC, id DESC);

CREATE TABLE job_logs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    job_id uuid NOT NULL,
    status text NOT NULL,
    log_message text,
    attempt_number integer NOT NULL,
    started timestamptz NOT NULL,
    finished timestamptz,
    duration_ms integer,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT job_logs_status_check CHECK (status IN ('attempting', 'success', 'retry', 'failed')),
    CONSTRAINT job_logs_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT job_logs_job_id_fkey FOREIGN KEY (tenant_id, job_id)
        REFERENCES jobs (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_job_logs_tenant_created ON job_logs (tenant_id, created DESC, id DESC);
CREATE INDEX idx_job_logs_tenant_job ON job_logs (tenant_id, job_id, created DESC, id DESC);
"#;

/// What a member may change of a dead letter; the rest is the platform's.
const GRANTS: &str = r"
GRANT UPDATE (status, attempt_count, run_at, failed, last_error_message), DELETE ON jobs TO gateway_login;
CREATE POLICY jobs_update_dead ON jobs AS RESTRICTIVE
    FOR UPDATE TO gateway_login USING (status = 'failed') WITH CHECK (status IN ('queued', 'failed'));
CREATE POLICY jobs_delete_dead ON jobs AS RESTRICTIVE
    FOR DELETE TO gateway_login USING (status = 'failed');
";

/// Not the payload, which is the tenant's.
const DISPATCHER: &str = "INSERT, DELETE,
    SELECT (id, tenant_id, queue_name, job_type, status, priority, attempt_count, max_attempts, fence, run_at,
        leased_until, started, completed, failed, dedupe_key, created, updated),
    UPDATE (status, attempt_count, fence, run_at, leased_until, started, completed, failed, last_error_message)";

/// Closes the log of an attempt whose worker is gone.
const DISPATCHER_LOGS: &str = "DELETE, SELECT (id, job_id, status, started, created),
    UPDATE (status, log_message, finished, duration_ms)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLES,
                &keep_updated("jobs"),
                &tenant_ungranted("jobs"),
                &grant("jobs", "SELECT"),
                GRANTS,
                &writers("jobs", ADMINS),
                &worked("jobs", "SELECT, INSERT, UPDATE"),
                &dispatched("jobs", DISPATCHER),
                &keep_updated("job_logs"),
                &tenant_ungranted("job_logs"),
                &grant("job_logs", "SELECT"),
                &worked("job_logs", "SELECT, INSERT, UPDATE"),
                &dispatched("job_logs", DISPATCHER_LOGS),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE job_logs, jobs"]).await
    }
}
