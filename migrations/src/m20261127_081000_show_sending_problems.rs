//! Why an account's mail is not sent. Its messages wait meanwhile, and whoever looks at the account is to see what for.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = r"
ALTER TABLE email_accounts
    ADD COLUMN sending_problem text
        CONSTRAINT email_accounts_sending_problem_check
        CHECK (sending_problem IN ('settings', 'address', 'password', 'sign_in', 'refused', 'not_reached')),
    ADD COLUMN sending_failing_since timestamptz,
    ADD CONSTRAINT email_accounts_sending_failing_check
        CHECK ((sending_problem IS NULL) = (sending_failing_since IS NULL));
GRANT SELECT (sending_problem, sending_failing_since) ON email_accounts TO gateway_login, gateway_staff;
GRANT UPDATE (sending_problem, sending_failing_since) ON email_accounts TO gateway_worker;
";

const COLUMNS_BEFORE: &str =
    "ALTER TABLE email_accounts DROP COLUMN sending_problem, DROP COLUMN sending_failing_since";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMNS]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[COLUMNS_BEFORE]).await
    }
}
