//! Mailboxes are read every minute: a job for each of them, not for each tenant. The job is the same each time, under the
//! account's id, so that minutes leave no rows behind and nobody reads a mailbox while another does.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SCHEDULE: &str = r"
ALTER TABLE job_schedules ADD COLUMN scope text NOT NULL DEFAULT 'tenant',
    ADD CONSTRAINT job_schedules_scope_check CHECK (scope IN ('tenant', 'mailbox'));
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
INSERT INTO job_schedules (name, queue_name, job_type, cron, scope) VALUES
    ('mailboxes', 'email-processing', 'mailbox.read', '* * * * *', 'mailbox');
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
GRANT SELECT (tenant_id) ON job_logs TO gateway_dispatcher;
";

const SCHEDULE_BEFORE: &str = r"
REVOKE SELECT (tenant_id) ON job_logs FROM gateway_dispatcher;
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
DELETE FROM job_schedules WHERE name = 'mailboxes';
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
ALTER TABLE job_schedules DROP COLUMN scope;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[SCHEDULE]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[SCHEDULE_BEFORE]).await
    }
}
