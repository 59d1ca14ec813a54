//! Whose messages something happened to. It is asked of all tenants each minute, so by who sees tenants and places in the
//! log, and not what happened to whom.

use crate::{row_security::dispatched, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const DOWN: &str = "
DROP POLICY message_events_dispatcher ON message_events;
REVOKE SELECT (tenant_id, transaction, id) ON message_events FROM gateway_dispatcher;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let seen = dispatched("message_events", "SELECT (tenant_id, transaction, id)");
        run(manager, &[&seen]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
