//! Each midnight of UTC, when a day begins in which no account has sent anything.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('days', 'maintenance', 'accounts.begin_day', '0 0 * * *',
        (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC');
";

const DOWN: &str = "
DELETE FROM job_schedules WHERE name = 'days';
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], UP)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], DOWN)]).await
    }
}
