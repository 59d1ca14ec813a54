//! Plans: what tenants can buy. Shared: everyone reads them, no tenant writes them.
//!
//! An inactive plan is shown to its holders only: `subscriptions`, whose migration adds that policy,
//! decides who they are.

use crate::{
    row_security::{READ, forced, grant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE plans (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name varchar(100) COLLATE "C" NOT NULL,
    slug varchar(100) COLLATE "C" NOT NULL,
    description text,
    max_users integer,
    max_domains integer,
    max_campaigns_per_month integer,
    api_rate_limit integer,
    max_email_accounts integer,
    max_emails_per_month integer,
    max_warmups integer,
    max_contacts integer,
    max_storage_gb integer,
    api_access boolean NOT NULL DEFAULT false,
    priority_support boolean NOT NULL DEFAULT false,
    advanced_analytics boolean NOT NULL DEFAULT false,
    white_label boolean NOT NULL DEFAULT false,
    price_monthly bigint NOT NULL,
    price_yearly bigint NOT NULL,
    currency varchar(3) COLLATE "C" NOT NULL DEFAULT 'USD',
    notes text,
    is_active boolean NOT NULL DEFAULT true,
    stripe_product_id varchar(255) COLLATE "C",
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plans_slug_key UNIQUE (slug),
    CONSTRAINT plans_currency_check CHECK (currency ~ '^[A-Z]{3}$')
);
CREATE INDEX idx_plans_created ON plans (created DESC, id DESC);
CREATE INDEX idx_plans_name ON plans (name, id);
"#;

const POLICY: &str = r"
CREATE POLICY plans_read ON plans
    FOR SELECT TO gateway_login USING (is_active);
CREATE POLICY plans_staff ON plans
    FOR SELECT TO gateway_staff USING (true);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("plans"),
                &forced("plans"),
                &grant("plans", READ),
                POLICY,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE plans"]).await
    }
}
