//! A reply says again what it answers: its body refers back to the body of that, and can be read only with it.
//!
//! One that others refer to refers to none itself (the writer sees to it, and a reader follows one step), so that a body
//! is read by one statement. No reference keeps a body: before it goes, those that refer to it are written anew. Who
//! removes one and forgets that is refused, rather than that mail is lost.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r#"
ALTER TABLE email_content
    ADD COLUMN base_key varchar(500) COLLATE "C",
    ADD CONSTRAINT email_content_base_key_check CHECK (base_key <> storage_key),
    ADD CONSTRAINT email_content_base_key_fkey FOREIGN KEY (tenant_id, base_key)
        REFERENCES email_content (tenant_id, storage_key);
CREATE INDEX idx_email_content_tenant_base ON email_content (tenant_id, base_key)
    WHERE base_key IS NOT NULL;
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    /// Only where no body has one: the others could not be read any more.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "ALTER TABLE email_content ADD CONSTRAINT email_content_no_base CHECK (base_key IS NULL)",
                "ALTER TABLE email_content DROP COLUMN base_key",
            ],
        )
        .await
    }
}
