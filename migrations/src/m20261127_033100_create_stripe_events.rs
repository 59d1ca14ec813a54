//! Events of Stripe that were taken, in the transaction that did what they say: one that comes again changes nothing. It is
//! the platform's own work that writes and reads them; a tenant's members see what came of them.

use crate::{
    row_security::{tenant_ungranted, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE stripe_events (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    id varchar(255) COLLATE "C" NOT NULL,
    event_type varchar(255) COLLATE "C" NOT NULL,
    happened timestamptz NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stripe_events_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX idx_stripe_events_tenant_created ON stripe_events (tenant_id, created);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("stripe_events"),
                &tenant_ungranted("stripe_events"),
                &worked("stripe_events", "SELECT, INSERT, DELETE"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE stripe_events"]).await
    }
}
