//! Email accounts: the mailboxes that campaigns send from.
//!
//! `vault_key_path` says where the account's secret is kept. The gateway never serves or sets it, so
//! its roles are granted every column but that one.

use crate::{
    row_security::tenant_columns,
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE email_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    domain_id uuid NOT NULL,
    email varchar(255) COLLATE "C" NOT NULL,
    provider varchar(50) COLLATE "C" NOT NULL DEFAULT 'mailu',
    vault_key_path varchar(500),
    imap_settings jsonb,
    smtp_settings jsonb,
    status text NOT NULL DEFAULT 'active',
    last_warmed timestamptz,
    daily_count integer NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_accounts_status_check
        CHECK (status IN ('active', 'paused', 'disabled', 'error')),
    CONSTRAINT email_accounts_email_check CHECK (email = lower(email)),
    CONSTRAINT email_accounts_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT email_accounts_domain_id_fkey FOREIGN KEY (tenant_id, domain_id)
        REFERENCES domains (tenant_id, id)
);
CREATE INDEX idx_email_accounts_tenant_created
    ON email_accounts (tenant_id, created DESC, id DESC);
CREATE INDEX idx_email_accounts_tenant_email ON email_accounts (tenant_id, email, id);
CREATE INDEX idx_email_accounts_tenant_status
    ON email_accounts (tenant_id, status, created DESC, id DESC);
CREATE INDEX idx_email_accounts_tenant_domain
    ON email_accounts (tenant_id, domain_id, created DESC, id DESC);
"#;

const COLUMNS: &str = r"
id, tenant_id, domain_id, email, provider, imap_settings, smtp_settings, status, last_warmed,
daily_count, created, updated
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("email_accounts"),
                &tenant_columns("email_accounts", COLUMNS),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE email_accounts"]).await
    }
}
