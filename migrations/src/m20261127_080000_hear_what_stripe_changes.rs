//! What Stripe said last of an end and of a product is kept, so that a subscription is changed by what Stripe says otherwise
//! than before, and not by what it repeats. A subscription that Stripe has none for is linked to the one that it tells of,
//! once: whose it is never changes. Where Stripe counts in weeks or days, `period_months` is 0, and nothing here knows when
//! the next period ends.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r#"
ALTER TABLE subscriptions
    ADD COLUMN stripe_cancel_at_period_end boolean,
    ADD COLUMN stripe_product_id varchar(255) COLLATE "C",
    DROP CONSTRAINT subscriptions_period_months_check,
    ADD CONSTRAINT subscriptions_period_months_check CHECK (period_months BETWEEN 0 AND 120);
GRANT UPDATE (stripe_cancel_at_period_end, stripe_product_id, stripe_subscription_id) ON subscriptions TO gateway_worker;

CREATE FUNCTION check_subscription_linked() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'the subscription is linked to another one at Stripe';
END
$$;
REVOKE EXECUTE ON FUNCTION check_subscription_linked() FROM PUBLIC;
CREATE TRIGGER subscriptions_linked BEFORE UPDATE OF stripe_subscription_id ON subscriptions FOR EACH ROW
    WHEN (current_user = 'gateway_worker' AND OLD.stripe_subscription_id IS NOT NULL
        AND NEW.stripe_subscription_id IS DISTINCT FROM OLD.stripe_subscription_id)
    EXECUTE FUNCTION check_subscription_linked();
"#;

const DOWN: &str = "
DROP TRIGGER subscriptions_linked ON subscriptions;
DROP FUNCTION check_subscription_linked();
REVOKE UPDATE (stripe_subscription_id) ON subscriptions FROM gateway_worker;
ALTER TABLE subscriptions
    DROP COLUMN stripe_product_id,
    DROP COLUMN stripe_cancel_at_period_end,
    DROP CONSTRAINT subscriptions_period_months_check,
    ADD CONSTRAINT subscriptions_period_months_check CHECK (period_months BETWEEN 1 AND 120);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let months = "UPDATE subscriptions SET period_months = 1 WHERE period_months = 0;";
        run(manager, &[&unforced(&["subscriptions"], months), DOWN]).await
    }
}
