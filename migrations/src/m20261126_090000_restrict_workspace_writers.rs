//! Who of a tenant's members writes what they work with: owners, admins and members. Analysts and billing
//! read it. The fields say so, too; here it holds for a statement that a field forgot to guard.
//!
//! Every member that writes anything reports it in the outbox.

use crate::{
    row_security::{WORKERS, any_writers, writers},
    statement::run,
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 11] = [
    "companies",
    "domains",
    "email_accounts",
    "leads",
    "templates",
    "folders",
    "tags",
    "template_folders",
    "template_tags",
    "campaigns",
    "campaign_sequence_steps",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            run(manager, &[&writers(table, WORKERS)]).await?;
        }
        let anyone = "'owner', 'admin', 'member', 'billing'";
        run(manager, &[&writers("outbox", anyone)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES.iter().chain(&["outbox"]) {
            run(manager, &[&any_writers(table)]).await?;
        }
        Ok(())
    }
}
