//! Jobs that are never over, such as those that read mailboxes, are tried for ever. Whoever does one removes the oldest entries
//! of its log, as the tenant that they are of.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["GRANT DELETE ON job_logs TO gateway_worker"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["REVOKE DELETE ON job_logs FROM gateway_worker"]).await
    }
}
