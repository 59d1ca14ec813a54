//! The history of the queue tier: work that is to be done, and what came of it.

use sea_orm_migration::prelude::*;

mod m20261126_140000_secure_migration_table;
mod m20261126_140100_create_updated_trigger;
mod m20261126_140200_create_job_queues;
mod m20261126_140300_create_jobs;
mod m20261126_140400_create_analytics_jobs;
mod m20261126_140500_create_job_schedules;
mod m20261127_020000_try_mail_for_days;
mod m20261127_030000_trace_causes_of_jobs;
mod m20261127_031000_index_dead_letters;
mod m20261127_032000_schedule_mailboxes;
mod m20261127_032100_remember_dropped_jobs;
mod m20261127_033000_schedule_analytics;
mod m20261127_033000_schedule_rollover;
mod m20261127_041000_index_jobs_of_schedules;
mod m20261127_070000_let_jobs_wait;
mod m20261127_081000_bound_job_logs;
mod m20261127_120000_schedule_days;

/// All migrations of the queue tier, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261126_140000_secure_migration_table::Migration),
            Box::new(m20261126_140100_create_updated_trigger::Migration),
            Box::new(m20261126_140200_create_job_queues::Migration),
            Box::new(m20261126_140300_create_jobs::Migration),
            Box::new(m20261126_140400_create_analytics_jobs::Migration),
            Box::new(m20261126_140500_create_job_schedules::Migration),
            Box::new(m20261127_020000_try_mail_for_days::Migration),
            Box::new(m20261127_030000_trace_causes_of_jobs::Migration),
            Box::new(m20261127_031000_index_dead_letters::Migration),
            Box::new(m20261127_032000_schedule_mailboxes::Migration),
            Box::new(m20261127_032100_remember_dropped_jobs::Migration),
            Box::new(m20261127_033000_schedule_analytics::Migration),
            Box::new(m20261127_033000_schedule_rollover::Migration),
            Box::new(m20261127_041000_index_jobs_of_schedules::Migration),
            Box::new(m20261127_070000_let_jobs_wait::Migration),
            Box::new(m20261127_081000_bound_job_logs::Migration),
            Box::new(m20261127_120000_schedule_days::Migration),
        ]
    }
}
