//! Bodies of mail, compressed by whoever writes them, one row for each that differs: messages of a tenant with the
//! same text share it. Never across tenants, who must not learn from a row's age that somebody else has it, too.
//!
//! A body goes when it expires, and the message that had it stays.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE email_content (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    storage_key varchar(500) COLLATE "C" NOT NULL,
    content_text bytea,
    content_html bytea,
    raw_size_bytes bigint NOT NULL,
    compressed_size_bytes bigint NOT NULL,
    compression_algorithm varchar(20) COLLATE "C",
    content_hash varchar(64) COLLATE "C" NOT NULL,
    retention_days integer NOT NULL DEFAULT 2555,
    expires timestamptz,
    last_accessed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_content_content_hash_check CHECK (content_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT email_content_raw_size_bytes_check CHECK (raw_size_bytes >= 0),
    CONSTRAINT email_content_compressed_size_bytes_check CHECK (compressed_size_bytes >= 0),
    CONSTRAINT email_content_retention_days_check CHECK (retention_days BETWEEN 1 AND 36500),
    CONSTRAINT email_content_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT email_content_storage_key_key UNIQUE (tenant_id, storage_key),
    CONSTRAINT email_content_content_hash_key UNIQUE (tenant_id, content_hash)
);
-- They are compressed already.
ALTER TABLE email_content
    ALTER COLUMN content_text SET STORAGE EXTERNAL,
    ALTER COLUMN content_html SET STORAGE EXTERNAL;
CREATE INDEX idx_email_content_tenant_created ON email_content (tenant_id, created DESC, id DESC);
CREATE INDEX idx_email_content_tenant_expires ON email_content (tenant_id, expires)
    WHERE expires IS NOT NULL;
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("email_content"),
                &tenant("email_content", READ),
                &worked("email_content", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE email_content"]).await
    }
}
