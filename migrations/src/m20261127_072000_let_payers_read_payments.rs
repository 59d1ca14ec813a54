//! What was paid, and what was bought on top, is for those to read who manage billing. The fields say so, too; here it holds
//! for a filter, and for a statement that a field forgot to guard.
//!
//! What is bought on top raises limits that all members are held to: `bought_on_top()` says how many there are of a kind, and
//! runs as the owner, who sees the add-ons of the transaction's tenant.

use crate::{
    row_security::{PAYERS, any_readers, readers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 2] = ["payments", "subscription_addons"];

const BOUGHT: &str = r"
CREATE POLICY subscription_addons_bought ON subscription_addons
    FOR SELECT TO gateway_owner
    USING (tenant_id = (SELECT current_setting('app.current_tenant_id')::uuid));
CREATE FUNCTION bought_on_top(subscription uuid, kind text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT coalesce(sum(quantity), 0)::bigint FROM subscription_addons
    WHERE subscription_id = subscription AND addon_type = kind;
END;
REVOKE EXECUTE ON FUNCTION bought_on_top(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bought_on_top(uuid, text) TO gateway_login, gateway_staff;
";

const DOWN: &str = r"
DROP FUNCTION bought_on_top(uuid, text);
DROP POLICY subscription_addons_bought ON subscription_addons;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            run(manager, &[&readers(table, PAYERS)]).await?;
        }
        run(manager, &[BOUGHT]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            run(manager, &[&any_readers(table)]).await?;
        }
        run(manager, &[DOWN]).await
    }
}
