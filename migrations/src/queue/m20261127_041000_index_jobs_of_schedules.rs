//! Jobs that schedules made go sooner than others: there is one each minute for whoever is at work, and the next says more.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "CREATE INDEX idx_jobs_ended_of_schedules ON jobs (updated)
    WHERE status = 'completed' AND dedupe_key LIKE 'schedule:%'";
const DOWN: &str = "DROP INDEX idx_jobs_ended_of_schedules";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
