//! What the platform's own work may do with a tenant's rows: `gateway_worker`, in that tenant and no other. It reads what
//! mail is made of, and writes what came of the mail.
//!
//! `gateway_dispatcher` takes what the outbox holds and learns which tenants there are. It sees neither while a tenant
//! is set, and nothing else ever.

use crate::{
    row_security::{dispatched, worked, worked_by},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables, and what may be done with them.
const WORKED: [(&str, &str); 11] = [
    ("companies", "SELECT"),
    ("domains", "SELECT"),
    ("email_accounts", "SELECT, UPDATE (daily_count)"),
    ("leads", "SELECT, UPDATE (status)"),
    ("templates", "SELECT"),
    ("campaigns", "SELECT, UPDATE (status, completed)"),
    (
        "campaign_sequence_steps",
        "SELECT, UPDATE (executed_count, last_executed)",
    ),
    ("subscriptions", "SELECT"),
    ("subscription_addons", "SELECT"),
    ("tenant_config", "SELECT"),
    ("outbox", "INSERT"),
];

/// Every other tenant's plan is as public as one's own.
const PLANS: &str = r"
CREATE POLICY plans_worker ON plans FOR SELECT TO gateway_worker USING (true);
GRANT SELECT ON plans TO gateway_worker;
";

/// The relay asks for the topics that are work. What is of another topic, which nobody passes on, is not in its way.
const INDEX: &str = r"
DROP INDEX idx_outbox_unprocessed;
CREATE INDEX idx_outbox_unprocessed ON outbox (topic, created, id) WHERE processed IS NULL;
CREATE INDEX idx_outbox_processed ON outbox (processed) WHERE processed IS NOT NULL;
";

const INDEX_BEFORE: &str = r"
DROP INDEX idx_outbox_processed;
DROP INDEX idx_outbox_unprocessed;
CREATE INDEX idx_outbox_unprocessed ON outbox (created, id) WHERE processed IS NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, commands) in WORKED {
            run(manager, &[&worked(table, commands)]).await?;
        }
        run(
            manager,
            &[
                &worked_by("tenants", "id", "SELECT"),
                PLANS,
                &dispatched("tenants", "SELECT (id, deleted)"),
                &dispatched("outbox", "SELECT, UPDATE (processed), DELETE"),
                INDEX,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = WORKED.iter().map(|(table, _)| *table);
        for table in tables.chain(["tenants", "plans"]) {
            let back = format!(
                "DROP POLICY {table}_worker ON {table}; REVOKE ALL ON {table} FROM gateway_worker;"
            );
            run(manager, &[&back]).await?;
        }
        for table in ["tenants", "outbox"] {
            let back = format!(
                "DROP POLICY {table}_dispatcher ON {table}; REVOKE ALL ON {table} FROM gateway_dispatcher;"
            );
            run(manager, &[&back]).await?;
        }
        run(manager, &[INDEX_BEFORE]).await
    }
}
