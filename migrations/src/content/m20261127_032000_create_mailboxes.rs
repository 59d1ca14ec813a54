//! How far the mailbox of each account was read, and how that went. A row changes in the transaction that keeps the mail, so
//! that a message is neither lost nor taken twice.
//!
//! Members read it, as the account it is of; only the platform's own work writes it. `problem` is a word of our own, never
//! one of the server's: whoever names a server in an account's settings is not to read here what it says.
//!
//! The hash of such mail is kept for as long as its body may be, by which a mailbox that is numbered anew is known; so what
//! is forgotten sooner has an index of its own.
//!
//! Mail of which the server has more than is taken is kept with its header alone; `full_size_bytes` is what it has.

use crate::{
    row_security::{WRITE, grant, tenant_ungranted, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE mailboxes (
    email_account_id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    uid_validity bigint,
    last_uid bigint,
    last_read timestamptz,
    problem text,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mailboxes_place_check CHECK ((uid_validity IS NULL) = (last_uid IS NULL)),
    CONSTRAINT mailboxes_uid_validity_check CHECK (uid_validity BETWEEN 0 AND 4294967295),
    CONSTRAINT mailboxes_last_uid_check CHECK (last_uid BETWEEN 0 AND 4294967295),
    CONSTRAINT mailboxes_failures_check CHECK (failures >= 0),
    CONSTRAINT mailboxes_problem_check
        CHECK (problem IN ('settings', 'password', 'sign_in', 'refused', 'not_reached', 'protocol')),
    CONSTRAINT mailboxes_failing_check CHECK (
        (problem IS NULL) = (failing_since IS NULL) AND (problem IS NULL) = (failures = 0)),
    CONSTRAINT mailboxes_tenant_id_id_key UNIQUE (tenant_id, email_account_id)
);
ALTER TABLE received_mail ADD COLUMN full_size_bytes bigint,
    ADD CONSTRAINT received_mail_full_size_bytes_check CHECK (full_size_bytes > 0);
CREATE INDEX idx_received_mail_tenant_forgettable ON received_mail (tenant_id, processed)
    WHERE processed IS NOT NULL AND raw IS NULL AND source <> 'imap';
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("mailboxes"),
                &tenant_ungranted("mailboxes"),
                &grant("mailboxes", "SELECT"),
                &worked("mailboxes", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP TABLE mailboxes",
                "DROP INDEX idx_received_mail_tenant_forgettable",
                "ALTER TABLE received_mail DROP COLUMN full_size_bytes",
            ],
        )
        .await
    }
}
