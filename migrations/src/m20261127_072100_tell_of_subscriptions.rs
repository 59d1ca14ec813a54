//! What happens to subscriptions is told as it happens: a change of one, and a payment for it, which is one of the
//! subscription.
//!
//! Which are not paid, the dispatcher sees, so that it needs somebody: ids and the status, of no tenant.

use crate::{m20261126_130000_create_changes::noted, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const NOTE: &str = r"
CREATE FUNCTION note_changed_payments() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT DISTINCT tenant_id, 'subscription', subscription_id, 'updated' FROM old_rows
        WHERE subscription_id IS NOT NULL;
    ELSE
        INSERT INTO changes (tenant_id, subject, subject_id, change)
        SELECT DISTINCT tenant_id, 'subscription', subscription_id, 'updated' FROM new_rows
        WHERE subscription_id IS NOT NULL;
    END IF;
    RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION note_changed_payments() FROM PUBLIC;
";

const OVERDUE: &str = r"
CREATE INDEX idx_subscriptions_overdue ON subscriptions (tenant_id, id) WHERE status IN ('past_due', 'unpaid');
GRANT SELECT (id, status) ON subscriptions TO gateway_dispatcher;
";

const DOWN: &str = r"
REVOKE SELECT (id, status) ON subscriptions FROM gateway_dispatcher;
DROP INDEX idx_subscriptions_overdue;
DROP TRIGGER payments_inserted ON payments;
DROP TRIGGER payments_changed ON payments;
DROP TRIGGER payments_deleted ON payments;
DROP TRIGGER subscriptions_inserted ON subscriptions;
DROP TRIGGER subscriptions_changed ON subscriptions;
DROP TRIGGER subscriptions_deleted ON subscriptions;
DROP FUNCTION note_changed_payments();
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                NOTE,
                &noted("subscriptions", "note_changes('subscription')"),
                &noted("payments", "note_changed_payments()"),
                OVERDUE,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
