//! How far each tenant's numbers go: what has been counted, and when. Written in the transaction that counts, so that
//! nothing is counted twice.

use crate::{
    row_security::{READ, WRITE, tenant, worked},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// `source` is the content tier's server and database, whose transactions `next_transaction` counts. What follows from the
/// counts, and from `facts` of the transactional tier, is still to be made from the day `stale_from` on.
const TABLE: &str = r#"
CREATE TABLE rollups (
    tenant_id uuid PRIMARY KEY,
    source text NOT NULL,
    next_transaction bigint NOT NULL DEFAULT 0,
    next_event bigint NOT NULL DEFAULT 0,
    time_zone varchar(64) NOT NULL DEFAULT 'UTC',
    counted_until timestamptz,
    is_complete boolean NOT NULL DEFAULT false,
    stale_from date,
    facts varchar(32),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now()
);
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("rollups"),
                &tenant("rollups", READ),
                &worked("rollups", WRITE),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE rollups"]).await
    }
}
