//! How much room a tenant's mail takes is read from indexes alone, and not from the texts.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "CREATE INDEX idx_email_content_tenant_size ON email_content (tenant_id) INCLUDE (compressed_size_bytes)",
                "CREATE INDEX idx_attachments_tenant_size ON attachments (tenant_id) INCLUDE (size_bytes)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["DROP INDEX idx_email_content_tenant_size, idx_attachments_tenant_size"],
        )
        .await
    }
}
