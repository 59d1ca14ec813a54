//! Which mail was malformed, or did not fit, as a column that a filter can ask for.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = r"
ALTER TABLE email_messages ADD COLUMN has_problems boolean NOT NULL
    GENERATED ALWAYS AS (problems <> '{}') STORED;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMN]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let back = "ALTER TABLE email_messages DROP COLUMN has_problems";
        run(manager, &[back]).await
    }
}
