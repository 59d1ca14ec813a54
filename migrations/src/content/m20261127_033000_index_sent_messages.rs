//! How many messages a tenant has sent since a moment is asked for each message of a plan that limits them.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r"
CREATE INDEX idx_email_messages_tenant_sent ON email_messages (tenant_id, sent)
    WHERE direction = 'outbound' AND sent IS NOT NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP INDEX idx_email_messages_tenant_sent"]).await
    }
}
