//! The numbers of a campaign's steps: those of many campaigns are asked for at once.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "CREATE INDEX idx_sequence_step_analytics_campaign
    ON sequence_step_analytics (tenant_id, campaign_id, day)";
const DOWN: &str = "DROP INDEX idx_sequence_step_analytics_campaign";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
