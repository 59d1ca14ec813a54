//! Work for the analytics of all tenants together. No request sees it.

use crate::{
    row_security::{dispatched, forced},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE analytics_jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    job_type varchar(100) COLLATE "C" NOT NULL,
    status text NOT NULL DEFAULT 'queued',
    payload jsonb NOT NULL DEFAULT '{}',
    priority integer NOT NULL DEFAULT 160,
    queued timestamptz NOT NULL DEFAULT now(),
    processed timestamptz,
    error_message text,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT analytics_jobs_status_check CHECK (status IN ('queued', 'running', 'completed', 'failed'))
);
CREATE INDEX idx_analytics_jobs_queued ON analytics_jobs (priority, queued, id) WHERE status = 'queued';
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("analytics_jobs"),
                &forced("analytics_jobs"),
                &dispatched("analytics_jobs", "SELECT, INSERT, UPDATE, DELETE"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE analytics_jobs"]).await
    }
}
