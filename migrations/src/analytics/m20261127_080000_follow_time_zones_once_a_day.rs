//! Another time zone is another day for every message, so all is counted anew for it. `zone_changed` is when that was last
//! done, so that it is done once a day, however often somebody changes their mind.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["ALTER TABLE rollups ADD COLUMN zone_changed timestamptz"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["ALTER TABLE rollups DROP COLUMN zone_changed"]).await
    }
}
