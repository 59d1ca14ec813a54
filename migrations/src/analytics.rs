//! The history of the analytics tier: what was counted, by day. No key of another tier is checked here; ids of it are
//! kept as they are.

use sea_orm_migration::prelude::*;

mod m20261127_020000_secure_migration_table;
mod m20261127_020100_create_updated_trigger;
mod m20261127_020200_create_billing_analytics;
mod m20261127_020300_create_daily_analytics;
mod m20261127_020400_create_lead_analytics;
mod m20261127_020500_create_rollups;
mod m20261127_020600_create_admin_audit_log;
mod m20261127_020700_index_billing_analytics;
mod m20261127_030000_refuse_every_change_of_audit_log;
mod m20261127_041000_tell_whose_numbers_are_due;
mod m20261127_041100_index_steps_by_campaign;
mod m20261127_080000_follow_time_zones_once_a_day;

/// All migrations of the analytics tier, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261127_020000_secure_migration_table::Migration),
            Box::new(m20261127_020100_create_updated_trigger::Migration),
            Box::new(m20261127_020200_create_billing_analytics::Migration),
            Box::new(m20261127_020300_create_daily_analytics::Migration),
            Box::new(m20261127_020400_create_lead_analytics::Migration),
            Box::new(m20261127_020500_create_rollups::Migration),
            Box::new(m20261127_020600_create_admin_audit_log::Migration),
            Box::new(m20261127_020700_index_billing_analytics::Migration),
            Box::new(m20261127_030000_refuse_every_change_of_audit_log::Migration),
            Box::new(m20261127_041000_tell_whose_numbers_are_due::Migration),
            Box::new(m20261127_041100_index_steps_by_campaign::Migration),
            Box::new(m20261127_080000_follow_time_zones_once_a_day::Migration),
        ]
    }
}
