//! Mailboxes are read every minute: a job for each of them, not for each tenant. The job is the same each time, under the
//! account's id, so that minutes leave no rows behind and nobody reads a mailbox while another does.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SCOPE: &str = r"
ALTER TABLE job_schedules ADD COLUMN scope text NOT NULL DEFAULT 'tenant',
    ADD CONSTRAINT job_schedules_scope_check CHECK (scope IN ('tenant', 'mailbox'));
GRANT SELECT (tenant_id) ON job_logs TO gateway_dispatcher;
";

const SCHEDULE: &str = r"
INSERT INTO job_schedules (name, queue_name, job_type, cron, scope) VALUES
    ('mailboxes', 'email-processing', 'mailbox.read', '* * * * *', 'mailbox');
";

const SCOPE_BEFORE: &str = r"
REVOKE SELECT (tenant_id) ON job_logs FROM gateway_dispatcher;
ALTER TABLE job_schedules DROP COLUMN scope;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[SCOPE, &unforced(&["job_schedules"], SCHEDULE)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let schedule = unforced(
            &["job_schedules"],
            "DELETE FROM job_schedules WHERE name = 'mailboxes';",
        );
        run(manager, &[&schedule, SCOPE_BEFORE]).await
    }
}
