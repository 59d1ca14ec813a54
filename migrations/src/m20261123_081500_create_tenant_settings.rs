//! A tenant's configuration and security policy: one row each, named by the tenant's key.

use crate::{
    row_security::{READ, tenant_named},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = r#"
CREATE TABLE tenant_config (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    stripe_customer_id varchar(255) COLLATE "C",
    billing_email varchar(255) COLLATE "C",
    billing_address jsonb,
    billing_notifications boolean NOT NULL DEFAULT true,
    usage_alerts boolean NOT NULL DEFAULT true,
    security_alerts boolean NOT NULL DEFAULT true,
    theme text NOT NULL DEFAULT 'system',
    ui_settings jsonb NOT NULL DEFAULT '{}',
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_config_theme_check CHECK (theme IN ('system', 'light', 'dark'))
);

CREATE TABLE tenant_policies (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    password_min_length integer NOT NULL DEFAULT 12,
    password_require_uppercase boolean NOT NULL DEFAULT true,
    password_require_number boolean NOT NULL DEFAULT true,
    password_require_symbol boolean NOT NULL DEFAULT false,
    session_timeout_hours integer NOT NULL DEFAULT 8,
    max_login_attempts integer NOT NULL DEFAULT 5,
    two_factor_required boolean NOT NULL DEFAULT false,
    default_company_industry varchar(100),
    default_company_size varchar(50),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenant_policies_password_min_length_check CHECK (password_min_length > 0),
    CONSTRAINT tenant_policies_session_timeout_hours_check CHECK (session_timeout_hours > 0),
    CONSTRAINT tenant_policies_max_login_attempts_check CHECK (max_login_attempts > 0)
);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLES,
                &keep_updated("tenant_config"),
                &keep_updated("tenant_policies"),
                &tenant_named("tenant_config", "tenant_config_isolation", READ),
                &tenant_named("tenant_policies", "tenant_policies_isolation", READ),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE tenant_policies, tenant_config"]).await
    }
}
