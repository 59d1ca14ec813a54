//! What is attached to messages. It goes with them.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE attachments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    parent_storage_key varchar(500) COLLATE "C" NOT NULL,
    filename varchar(255) COLLATE "C" NOT NULL,
    mime_type varchar(255) COLLATE "C" NOT NULL,
    content_id varchar(998) COLLATE "C",
    size_bytes bigint NOT NULL,
    content bytea NOT NULL,
    storage_disposition text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attachments_storage_disposition_check
        CHECK (storage_disposition IN ('inline', 'attachment')),
    CONSTRAINT attachments_size_bytes_check CHECK (size_bytes = octet_length(content)),
    CONSTRAINT attachments_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT attachments_parent_storage_key_fkey FOREIGN KEY (tenant_id, parent_storage_key)
        REFERENCES email_messages (tenant_id, storage_key) ON DELETE CASCADE
);
-- Most files are compressed already.
ALTER TABLE attachments ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX idx_attachments_tenant_created ON attachments (tenant_id, created DESC, id DESC);
CREATE INDEX idx_attachments_tenant_parent
    ON attachments (tenant_id, parent_storage_key, created DESC, id DESC);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("attachments"),
                &tenant("attachments", READ),
                &worked("attachments", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE attachments"]).await
    }
}
