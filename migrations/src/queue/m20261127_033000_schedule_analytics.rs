//! Numbers are counted each minute, and what is old of them goes each night.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The owner's statements come under the policies, too.
const SCHEDULES: &str = "
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('analytics', 'analytics', 'analytics.rollup', '* * * * *', date_trunc('minute', now()) + interval '1 minute'),
    ('analytics-maintenance', 'maintenance', 'analytics.maintain', '47 3 * * *',
        (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day 3 hours 47 minutes') AT TIME ZONE 'UTC');
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
";

const UNSCHEDULED: &str = "
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
DELETE FROM job_schedules WHERE name IN ('analytics', 'analytics-maintenance');
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[SCHEDULES]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UNSCHEDULED]).await
    }
}
