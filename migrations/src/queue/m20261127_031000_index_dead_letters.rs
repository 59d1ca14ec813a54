//! Which tenants have dead letters is asked every minute: they are few, among millions of jobs that are done.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str =
    "CREATE INDEX idx_jobs_dead ON jobs (tenant_id, queue_name) WHERE status = 'failed'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP INDEX idx_jobs_dead"]).await
    }
}
