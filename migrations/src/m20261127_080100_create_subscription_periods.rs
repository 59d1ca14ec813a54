//! Periods of subscriptions that began and ended: a row of `subscriptions` has the running one alone, and when several
//! ended at once, those between them were nowhere. The work that begins periods adds them; what counts reads them, and the
//! running one from its subscription. They go with their subscription.

use crate::{
    row_security::{tenant_ungranted, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE subscription_periods (
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    subscription_id uuid NOT NULL,
    period_start timestamptz NOT NULL,
    period_end timestamptz NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscription_periods_pkey PRIMARY KEY (tenant_id, subscription_id, period_start, period_end),
    CONSTRAINT subscription_periods_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id)
        REFERENCES subscriptions (tenant_id, id) ON DELETE CASCADE
);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("subscription_periods"),
                &tenant_ungranted("subscription_periods"),
                &worked("subscription_periods", "SELECT, INSERT"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE subscription_periods"]).await
    }
}
