//! The outbox: a change is reported in the transaction that makes it, so that neither is without the
//! other. The gateway may only add to it, for its own tenant; what reads it has a role of its own.

use crate::{
    row_security::tenant,
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r"
CREATE TABLE outbox (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    topic varchar(100) NOT NULL,
    payload jsonb NOT NULL,
    processed timestamptz,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outbox_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_outbox_tenant_created ON outbox (tenant_id, created DESC, id DESC);
-- The relay takes what is not passed on yet, oldest first.
CREATE INDEX idx_outbox_unprocessed ON outbox (created, id) WHERE processed IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[TABLE, &keep_updated("outbox"), &tenant("outbox", "INSERT")],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE outbox"]).await
    }
}
