//! Each hour is looked at whose periods have ended.

use crate::{row_security::unforced, statement::run};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = r#"
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('rollover', 'billing', 'billing.rollover', '7 * * * *', date_trunc('hour', now()) + interval '1 hour 7 minutes');
"#;

const DOWN: &str = r#"
DELETE FROM job_schedules WHERE name = 'rollover';
"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], UP)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &[&unforced(&["job_schedules"], DOWN)]).await
    }
}
