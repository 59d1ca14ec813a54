//! A job may say what it waits for, so that whoever makes that happen finds it. It is done at its time all the same.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE jobs ADD COLUMN waits_for uuid;
CREATE INDEX idx_jobs_tenant_waiting ON jobs (tenant_id, waits_for) WHERE waits_for IS NOT NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE jobs DROP COLUMN waits_for"]).await
    }
}
