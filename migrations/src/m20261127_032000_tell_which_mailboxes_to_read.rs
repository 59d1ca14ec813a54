//! Whose mailboxes are to be read. The clock makes a job for each, and it knows no tenant: so it sees ids, and not how an
//! account's mail is fetched, which may be secret. Nobody else is granted the column.

use crate::{row_security::dispatched, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = r"
ALTER TABLE email_accounts ADD COLUMN is_read boolean NOT NULL
    GENERATED ALWAYS AS (status = 'active' AND imap_settings IS NOT NULL) STORED;
CREATE INDEX idx_email_accounts_read ON email_accounts (tenant_id, id) WHERE is_read;
";

const COLUMN_BEFORE: &str = "
DROP POLICY email_accounts_dispatcher ON email_accounts;
REVOKE ALL ON email_accounts FROM gateway_dispatcher;
DROP INDEX idx_email_accounts_read;
ALTER TABLE email_accounts DROP COLUMN is_read;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let seen = dispatched("email_accounts", "SELECT (id, tenant_id, is_read)");
        run(manager, &[COLUMN, &seen]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMN_BEFORE]).await
    }
}
