//! Periods are listed by when they began: an index that ends with the key reads a page from where the last one ended.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str =
    "CREATE INDEX idx_billing_analytics_started ON billing_analytics (tenant_id, period_start, id)";
const DOWN: &str = "DROP INDEX idx_billing_analytics_started";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
