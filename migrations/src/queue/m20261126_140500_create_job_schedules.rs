//! What is done at certain times, in every tenant. The pattern is that of cron with seconds left out, in UTC.

use crate::{
    row_security::{dispatched, forced},
    statement::{keep_updated, run},
};
use sea_orm_migration::prelude::*;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = r#"
CREATE TABLE job_schedules (
    name varchar(100) COLLATE "C" PRIMARY KEY,
    queue_name varchar(100) COLLATE "C" NOT NULL REFERENCES job_queues (name),
    job_type varchar(100) COLLATE "C" NOT NULL,
    cron varchar(100) NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    last_run timestamptz,
    next_run timestamptz NOT NULL DEFAULT now(),
    created timestamptz NOT NULL DEFAULT now(),
    updated timestamptz NOT NULL DEFAULT now()
);
-- Tomorrow for the first time.
INSERT INTO job_schedules (name, queue_name, job_type, cron, next_run) VALUES
    ('maintenance', 'maintenance', 'content.maintain', '17 3 * * *',
        (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day 3 hours 17 minutes') AT TIME ZONE 'UTC');
"#;

const POLICIES: &str = "
CREATE POLICY job_schedules_read ON job_schedules FOR SELECT TO gateway_staff USING (true);
GRANT SELECT ON job_schedules TO gateway_staff;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(
            manager,
            &[
                TABLE,
                &keep_updated("job_schedules"),
                &forced("job_schedules"),
                &dispatched("job_schedules", "SELECT, UPDATE (last_run, next_run)"),
                POLICIES,
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, &["DROP TABLE job_schedules"]).await
    }
}
