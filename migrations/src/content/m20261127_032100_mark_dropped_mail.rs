//! Mail that nothing is made of: what was to read it failed for good, and somebody dropped that. It is kept, with its bytes.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const MARK: &str = r"
ALTER TABLE received_mail ADD COLUMN dropped timestamptz,
    ADD CONSTRAINT received_mail_dropped_check CHECK (dropped IS NULL OR processed IS NULL);
DROP INDEX idx_received_mail_tenant_unprocessed;
CREATE INDEX idx_received_mail_tenant_unprocessed ON received_mail (tenant_id, id)
    WHERE processed IS NULL AND dropped IS NULL;
CREATE INDEX idx_received_mail_tenant_dropped ON received_mail (tenant_id, dropped)
    WHERE dropped IS NOT NULL;
";

const MARK_BEFORE: &str = r"
DROP INDEX idx_received_mail_tenant_unprocessed;
ALTER TABLE received_mail DROP COLUMN dropped;
CREATE INDEX idx_received_mail_tenant_unprocessed ON received_mail (tenant_id, id)
    WHERE processed IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[MARK]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[MARK_BEFORE]).await
    }
}
