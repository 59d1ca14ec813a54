//! Subscriptions, what is bought on top of them, and payments. A tenant reads them; the billing
//! service writes them.

use crate::{
    row_security::{READ, tenant},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SUBSCRIPTIONS: &str = r#"
CREATE TABLE subscriptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    plan_id uuid NOT NULL REFERENCES plans (id),
    pending_plan_id uuid REFERENCES plans (id),
    status text NOT NULL DEFAULT 'active',
    current_period_start timestamptz NOT NULL,
    current_period_end timestamptz NOT NULL,
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    cancel_reason text,
    cancel_date timestamptz,
    billing_contact_user_id uuid REFERENCES users (id),
    stripe_subscription_id varchar(255) COLLATE "C",
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscriptions_status_check
        CHECK (status IN ('active', 'past_due', 'canceled', 'unpaid')),
    CONSTRAINT subscriptions_tenant_id_id_key UNIQUE (tenant_id, id)
);
CREATE INDEX idx_subscriptions_tenant_created
    ON subscriptions (tenant_id, created DESC, id DESC);
CREATE INDEX idx_subscriptions_tenant_status
    ON subscriptions (tenant_id, status, created DESC, id DESC);
CREATE INDEX idx_subscriptions_tenant_plan
    ON subscriptions (tenant_id, plan_id, created DESC, id DESC);
CREATE INDEX idx_subscriptions_tenant_pending_plan
    ON subscriptions (tenant_id, pending_plan_id, created DESC, id DESC);
CREATE INDEX idx_subscriptions_tenant_billing_contact
    ON subscriptions (tenant_id, billing_contact_user_id, created DESC, id DESC);

CREATE TABLE subscription_addons (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    subscription_id uuid NOT NULL,
    addon_type varchar(50) COLLATE "C" NOT NULL,
    quantity integer NOT NULL DEFAULT 1,
    price bigint NOT NULL,
    currency varchar(3) COLLATE "C" NOT NULL DEFAULT 'USD',
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT subscription_addons_quantity_check CHECK (quantity > 0),
    CONSTRAINT subscription_addons_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT subscription_addons_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT subscription_addons_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id)
        REFERENCES subscriptions (tenant_id, id)
);
CREATE INDEX idx_subscription_addons_tenant_created
    ON subscription_addons (tenant_id, created DESC, id DESC);
CREATE INDEX idx_subscription_addons_tenant_subscription
    ON subscription_addons (tenant_id, subscription_id, created DESC, id DESC);
"#;

const PAYMENTS: &str = r#"
CREATE TABLE payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL REFERENCES tenants (id),
    subscription_id uuid,
    amount bigint NOT NULL,
    currency varchar(3) COLLATE "C" NOT NULL DEFAULT 'USD',
    status text NOT NULL DEFAULT 'pending',
    processed timestamptz,
    period_start timestamptz,
    period_end timestamptz,
    initiated_by_user_id uuid REFERENCES users (id),
    stripe_payment_intent_id varchar(255) COLLATE "C",
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_status_check
        CHECK (status IN ('pending', 'succeeded', 'failed', 'refunded')),
    CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT payments_subscription_id_fkey FOREIGN KEY (tenant_id, subscription_id)
        REFERENCES subscriptions (tenant_id, id)
);
CREATE INDEX idx_payments_tenant_created ON payments (tenant_id, created DESC, id DESC);
CREATE INDEX idx_payments_tenant_status ON payments (tenant_id, status, created DESC, id DESC);
CREATE INDEX idx_payments_tenant_subscription
    ON payments (tenant_id, subscription_id, created DESC, id DESC);
CREATE INDEX idx_payments_tenant_initiated_by
    ON payments (tenant_id, initiated_by_user_id, created DESC, id DESC);
"#;

// Not for staff: they ask in no tenant, so the tenant's policy on `subscriptions` would fail the
// statement for want of the setting.
const HELD_PLANS: &str = r"
CREATE POLICY plans_held ON plans
    FOR SELECT TO gateway_login
    USING (id = ANY (ARRAY(
        SELECT plan_id FROM subscriptions UNION ALL SELECT pending_plan_id FROM subscriptions
    )));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                SUBSCRIPTIONS,
                PAYMENTS,
                &keep_updated("subscriptions"),
                &keep_updated("subscription_addons"),
                &keep_updated("payments"),
                &tenant("subscriptions", READ),
                &tenant("subscription_addons", READ),
                &tenant("payments", READ),
                HELD_PLANS,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                "DROP POLICY plans_held ON plans",
                "DROP TABLE payments, subscription_addons, subscriptions",
            ],
        )
        .await
    }
}
