//! Subscriptions go on by themselves: `cycle_anchor` is what the ends of periods are counted from, `period_months` how long
//! they are, `stripe_updated` the time of the last event that changed the row, so that one that comes late changes nothing.
//!
//! Owners and billing ask for another plan, cancel, and take that back. What else they would write, a trigger refuses: a
//! plan that is not sold and not theirs, a status other than the end. (A policy could not ask for the plan: that of
//! `plans` asks for the subscriptions.)
//!
//! The platform's own work renews in the tenant's context. Whose a webhook is, it learns before it is in any: the
//! dispatcher sees tenants beside Stripe's ids, and nothing else. So these ids are unique in the whole platform.

use crate::{
    row_security::{dispatched, worked},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = r"
ALTER TABLE subscriptions
    ADD COLUMN cycle_anchor timestamptz,
    ADD COLUMN period_months integer NOT NULL DEFAULT 1,
    ADD COLUMN stripe_updated timestamptz,
    ADD CONSTRAINT subscriptions_period_months_check CHECK (period_months BETWEEN 1 AND 120);
CREATE INDEX idx_subscriptions_tenant_period_end ON subscriptions (tenant_id, current_period_end)
    WHERE status IN ('active', 'past_due');
CREATE UNIQUE INDEX subscriptions_stripe_subscription_id_key ON subscriptions (stripe_subscription_id)
    WHERE stripe_subscription_id IS NOT NULL;
CREATE UNIQUE INDEX tenant_config_stripe_customer_id_key ON tenant_config (stripe_customer_id)
    WHERE stripe_customer_id IS NOT NULL;
CREATE UNIQUE INDEX payments_stripe_payment_intent_id_key ON payments (tenant_id, stripe_payment_intent_id)
    WHERE stripe_payment_intent_id IS NOT NULL;
";

const GRANTS: &str = r"
GRANT UPDATE (plan_id, pending_plan_id, status, cancel_at_period_end, cancel_reason, cancel_date)
    ON subscriptions TO gateway_login;
GRANT UPDATE (plan_id, pending_plan_id, status, current_period_start, current_period_end, cycle_anchor, period_months,
        cancel_at_period_end, cancel_reason, cancel_date, stripe_updated)
    ON subscriptions TO gateway_worker;
";

const ASKED: &str = r"
CREATE FUNCTION check_subscription_asked() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.status IS DISTINCT FROM OLD.status AND NEW.status <> 'canceled' THEN
        RAISE insufficient_privilege USING MESSAGE = 'a tenant ends its subscription, and pays by paying';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(ARRAY[NEW.plan_id, NEW.pending_plan_id]) AS asked
        WHERE asked <> OLD.plan_id AND asked IS DISTINCT FROM OLD.pending_plan_id
            AND NOT EXISTS (SELECT FROM plans WHERE id = asked AND is_active)
    ) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the plan is not sold';
    END IF;
    RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION check_subscription_asked() FROM PUBLIC;
CREATE TRIGGER subscriptions_asked BEFORE UPDATE ON subscriptions FOR EACH ROW
    WHEN (current_user = 'gateway_login')
    EXECUTE FUNCTION check_subscription_asked();
";

const DOWN: &str = r"
DROP TRIGGER subscriptions_asked ON subscriptions;
DROP FUNCTION check_subscription_asked();
DROP POLICY subscriptions_dispatcher ON subscriptions;
DROP POLICY tenant_config_dispatcher ON tenant_config;
DROP POLICY payments_worker ON payments;
REVOKE ALL ON subscriptions, tenant_config FROM gateway_dispatcher;
REVOKE SELECT (tenant_id, stripe_subscription_id) ON subscriptions FROM gateway_dispatcher;
REVOKE SELECT (tenant_id, stripe_customer_id) ON tenant_config FROM gateway_dispatcher;
REVOKE ALL ON payments FROM gateway_worker;
REVOKE UPDATE (plan_id, pending_plan_id, status, current_period_start, current_period_end, cancel_at_period_end,
        cancel_reason, cancel_date)
    ON subscriptions FROM gateway_login, gateway_worker;
DROP INDEX payments_stripe_payment_intent_id_key;
DROP INDEX tenant_config_stripe_customer_id_key;
DROP INDEX subscriptions_stripe_subscription_id_key;
DROP INDEX idx_subscriptions_tenant_period_end;
ALTER TABLE subscriptions
    DROP COLUMN stripe_updated,
    DROP COLUMN period_months,
    DROP COLUMN cycle_anchor;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                COLUMNS,
                GRANTS,
                ASKED,
                &worked(
                    "payments",
                    "SELECT, INSERT, UPDATE (subscription_id, amount, status, processed, period_start, period_end)",
                ),
                &dispatched(
                    "subscriptions",
                    "SELECT (tenant_id, stripe_subscription_id)",
                ),
                &dispatched("tenant_config", "SELECT (tenant_id, stripe_customer_id)"),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
