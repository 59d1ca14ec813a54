//! What a tenant used in each period that it pays for: the hub that the daily tables name.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE billing_analytics (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL,
    subscription_id uuid,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    emails_sent bigint NOT NULL DEFAULT 0,
    mailboxes_used bigint NOT NULL DEFAULT 0,
    domains_used bigint NOT NULL DEFAULT 0,
    campaigns_used bigint NOT NULL DEFAULT 0,
    leads_used bigint NOT NULL DEFAULT 0,
    warmups_active bigint NOT NULL DEFAULT 0,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT billing_analytics_period_check CHECK (period_start < period_end),
    CONSTRAINT billing_analytics_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT billing_analytics_period_key UNIQUE (tenant_id, period_start, period_end)
);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("billing_analytics"),
                &tenant("billing_analytics", READ),
                &worked("billing_analytics", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE billing_analytics"]).await
    }
}
