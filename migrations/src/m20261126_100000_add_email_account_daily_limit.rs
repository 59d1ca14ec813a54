//! How many emails an account may send in a day, so that one that comes near it can be seen.
//!
//! The table's grants are for each column, and a new column is in none of them.

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
            &[
                "ALTER TABLE email_accounts
                    ADD COLUMN daily_limit integer NOT NULL DEFAULT 50
                    CONSTRAINT email_accounts_daily_limit_check CHECK (daily_limit >= 0)",
                "GRANT SELECT (daily_limit), INSERT (daily_limit), UPDATE (daily_limit)
                    ON email_accounts TO gateway_login",
                "GRANT SELECT (daily_limit) ON email_accounts TO gateway_staff",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &["ALTER TABLE email_accounts DROP COLUMN daily_limit"],
        )
        .await
    }
}
