//! Mail is tried for days: a server, or a database, that is away over a weekend makes no dead letters of a campaign. RFC
//! 5321, section 4.5.4.1, asks for four to five days of who gives a message up. A hundred attempts with waits of up to an
//! hour, less up to half of each by chance, are between 44 and 89 hours. Jobs that are there keep the ten they were made
//! with.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn attempts(number: u8) -> String {
    let update =
        format!("UPDATE job_queues SET max_attempts = {number} WHERE name = 'email-sending';");
    unforced(&["job_queues"], &update)
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&attempts(100)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&attempts(10)]).await
    }
}
