//! How long a tenant's mail is kept, which its owners and admins say. The maintenance goes by it.

use crate::{row_security::worked, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = r"
ALTER TABLE tenant_policies ADD COLUMN mail_retention_days integer NOT NULL DEFAULT 2555
    CONSTRAINT tenant_policies_mail_retention_days_check CHECK (mail_retention_days BETWEEN 30 AND 3650);
GRANT INSERT (mail_retention_days), UPDATE (mail_retention_days) ON tenant_policies TO gateway_login;
";

const COLUMN_BEFORE: &str = r"
DROP POLICY tenant_policies_worker ON tenant_policies;
REVOKE ALL ON tenant_policies FROM gateway_worker;
ALTER TABLE tenant_policies DROP COLUMN mail_retention_days;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let read = worked("tenant_policies", "SELECT (tenant_id, mail_retention_days)");
        run(manager, &[COLUMN, &read]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMN_BEFORE]).await
    }
}
