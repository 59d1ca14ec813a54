//! Mail as it came, kept before anything is made of it: who brought it was told that it is here.
//!
//! The same mail brought twice to an account is one row, so who heard no answer may bring it again. Once it was read
//! without a problem its bytes go, for the message has all of them; those of mail that was malformed stay.
//!
//! It is the platform's own work that writes and reads it. A tenant's members see the message that was made of it.

use crate::{
    row_security::{WRITE, tenant_ungranted, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE received_mail (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    email_account_id uuid,
    source text NOT NULL,
    raw bytea,
    raw_size_bytes bigint NOT NULL,
    content_hash varchar(64) COLLATE "C" NOT NULL,
    received timestamptz NOT NULL,
    processed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT received_mail_source_check CHECK (source IN ('ingest', 'imap')),
    CONSTRAINT received_mail_raw_check CHECK (raw IS NOT NULL OR processed IS NOT NULL),
    CONSTRAINT received_mail_raw_size_bytes_check CHECK (raw_size_bytes >= 0),
    CONSTRAINT received_mail_content_hash_check CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT received_mail_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT received_mail_content_hash_key
        UNIQUE NULLS NOT DISTINCT (tenant_id, content_hash, email_account_id)
);
-- It is compressed already.
ALTER TABLE received_mail ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX idx_received_mail_tenant_created ON received_mail (tenant_id, created DESC, id DESC);
CREATE INDEX idx_received_mail_tenant_unprocessed ON received_mail (tenant_id, id)
    WHERE processed IS NULL;
CREATE INDEX idx_received_mail_tenant_processed ON received_mail (tenant_id, processed)
    WHERE processed IS NOT NULL;
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("received_mail"),
                &tenant_ungranted("received_mail"),
                &worked("received_mail", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE received_mail"]).await
    }
}
