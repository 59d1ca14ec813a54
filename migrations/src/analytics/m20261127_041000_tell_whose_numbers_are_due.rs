//! Whose numbers are due is asked of all tenants each minute, so by who sees how far they go, and not one of them. Where
//! nothing is left, it says so. `day_ends` is when the tenant's day does, which no statement about many asks a time zone
//! for: one that nobody knows any more would fail for all.

use crate::{row_security::dispatched, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = "ALTER TABLE rollups ADD COLUMN day_ends timestamptz";

const SEEN: &str = "SELECT (tenant_id, source, next_transaction, next_event, counted_until, is_complete, stale_from, \
    day_ends), UPDATE (counted_until)";

const DOWN: &str = "
DROP POLICY rollups_dispatcher ON rollups;
REVOKE SELECT (tenant_id, source, next_transaction, next_event, counted_until, is_complete, stale_from),
    UPDATE (counted_until) ON rollups FROM gateway_dispatcher;
ALTER TABLE rollups DROP COLUMN day_ends;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMN, &dispatched("rollups", SEEN)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
