//! Each hour is looked at whose periods have ended.

use crate::statement::run;
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The owner's rows are refused, too, by a policy that it does not have.
const UP: &str = r#"
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('rollover', 'billing', 'billing.rollover', '7 * * * *', date_trunc('hour', now()) + interval '1 hour 7 minutes');
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
"#;

const DOWN: &str = r#"
ALTER TABLE job_schedules NO FORCE ROW LEVEL SECURITY;
DELETE FROM job_schedules WHERE name = 'rollover';
ALTER TABLE job_schedules FORCE ROW LEVEL SECURITY;
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[UP]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[DOWN]).await
    }
}
