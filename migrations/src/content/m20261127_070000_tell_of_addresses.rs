//! One more word for what is wrong with a mailbox: its server is at an address that is not connected to.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE mailboxes DROP CONSTRAINT mailboxes_problem_check,
    ADD CONSTRAINT mailboxes_problem_check
        CHECK (problem IN ('settings', 'address', 'password', 'sign_in', 'refused', 'not_reached', 'protocol'));
";

const NO_SUCH_WORD: &str = "
UPDATE mailboxes SET problem = 'not_reached' WHERE problem = 'address';
";

const DOWN: &str = "
ALTER TABLE mailboxes DROP CONSTRAINT mailboxes_problem_check,
    ADD CONSTRAINT mailboxes_problem_check
        CHECK (problem IN ('settings', 'password', 'sign_in', 'refused', 'not_reached', 'protocol'));
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["mailboxes"], NO_SUCH_WORD), DOWN]).await
    }
}
