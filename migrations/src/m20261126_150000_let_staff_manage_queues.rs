//! Staff with a permission of its own pause and resume the queues, which are all tenants'. The queues are in the queue
//! tier, whose policy asks for the permission's name.

use crate::{
    row_security::{no_permission, permission},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const NAME: &str = "queues.manage";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let up = permission(
            "019c0000-0000-7000-8000-000000000006",
            NAME,
            "Pause and resume the queues of jobs.",
        );
        run(manager, &[&up]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&no_permission(NAME)]).await
    }
}
