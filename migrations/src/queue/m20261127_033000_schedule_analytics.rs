//! Numbers are counted each minute, and what is old of them goes each night.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SCHEDULES: &str = "
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('analytics', 'analytics', 'analytics.rollup', '* * * * *', date_trunc('minute', now()) + interval '1 minute'),
    ('analytics-maintenance', 'maintenance', 'analytics.maintain', '47 3 * * *',
        (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day 3 hours 47 minutes') AT TIME ZONE 'UTC');
";

const UNSCHEDULED: &str = "
DELETE FROM job_schedules WHERE name IN ('analytics', 'analytics-maintenance');
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], SCHEDULES)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], UNSCHEDULED)]).await
    }
}
