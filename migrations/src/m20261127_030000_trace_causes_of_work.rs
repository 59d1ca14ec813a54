//! What is reported says which trace it was done in, where there is one, as W3C's Trace Context writes it. The transaction
//! says it once (`app.trace_parent`), so nobody who reports something has to know.

use crate::statement::{run, traced};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&traced("outbox")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE outbox DROP COLUMN trace_parent"]).await
    }
}
