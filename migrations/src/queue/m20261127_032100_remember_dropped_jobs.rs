//! Jobs that were to read mail, and that somebody dropped as dead letters. Mail that is found unread gets its job anew, under
//! the same id, and what was dropped is to stay dropped: so the transaction that deletes the dead letter leaves its id here.

use crate::{
    row_security::{ADMINS, tenant_ungranted, worked, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r"
CREATE TABLE dropped_jobs (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    dropped timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_dropped_jobs_tenant ON dropped_jobs (tenant_id, dropped, id);
";

/// As whoever drops the job, who sees none of it.
const TRIGGER: &str = r"
GRANT INSERT ON dropped_jobs TO gateway_login;
CREATE FUNCTION remember_dropped_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dropped_jobs (id, tenant_id) VALUES (OLD.id, OLD.tenant_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER jobs_dropped AFTER DELETE ON jobs
    FOR EACH ROW WHEN (OLD.status = 'failed' AND OLD.job_type = 'message.receive')
    EXECUTE FUNCTION remember_dropped_job();
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &tenant_ungranted("dropped_jobs"),
                &writers("dropped_jobs", ADMINS),
                &worked("dropped_jobs", "SELECT"),
                TRIGGER,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TRIGGER jobs_dropped ON jobs",
                "DROP FUNCTION remember_dropped_job()",
                "DROP TABLE dropped_jobs",
            ],
        )
        .await
    }
}
