//! The list of migrations, oldest first.

use sea_orm_migration::prelude::*;

/// All migrations of the transactional tier, oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(crate::m20261123_080000_secure_migration_table::Migration),
            Box::new(crate::m20261123_080100_create_updated_trigger::Migration),
            Box::new(crate::m20261123_080200_create_identity::Migration),
            Box::new(crate::m20261123_080300_create_viewer_tenants::Migration),
            Box::new(crate::m20261123_080400_create_companies::Migration),
            Box::new(crate::m20261123_080500_create_domains::Migration),
            Box::new(crate::m20261123_080600_create_email_accounts::Migration),
            Box::new(crate::m20261123_080700_create_leads::Migration),
            Box::new(crate::m20261123_080800_create_templates::Migration),
            Box::new(crate::m20261123_080900_create_campaigns::Migration),
            Box::new(crate::m20261123_081000_create_plans::Migration),
            Box::new(crate::m20261123_081100_create_subscriptions::Migration),
            Box::new(crate::m20261123_081200_create_staff::Migration),
            Box::new(crate::m20261123_081300_create_sending_infrastructure::Migration),
            Box::new(crate::m20261123_081400_create_user_preferences::Migration),
            Box::new(crate::m20261123_081500_create_tenant_settings::Migration),
            Box::new(crate::m20261123_081600_create_platform_settings::Migration),
            Box::new(crate::m20261123_081700_create_admin_system_events::Migration),
            Box::new(crate::m20261123_081800_create_outbox::Migration),
            Box::new(crate::m20261126_090000_restrict_workspace_writers::Migration),
            Box::new(crate::m20261126_090100_open_tenant_settings::Migration),
            Box::new(crate::m20261126_090200_open_memberships::Migration),
            Box::new(crate::m20261126_090300_open_billing_contact::Migration),
            Box::new(crate::m20261126_090400_create_viewer_is_live::Migration),
            Box::new(crate::m20261126_090500_create_invitations::Migration),
            Box::new(crate::m20261126_090600_create_accept_invitation::Migration),
            Box::new(crate::m20261126_100000_add_email_account_daily_limit::Migration),
            Box::new(crate::m20261126_100200_make_sending_names_unique::Migration),
            Box::new(crate::m20261126_110000_show_users_themselves_first::Migration),
            Box::new(crate::m20261126_120000_create_api_keys::Migration),
            Box::new(crate::m20261126_120100_let_staff_read_in_tenants::Migration),
            Box::new(crate::m20261126_130000_create_changes::Migration),
            Box::new(crate::m20261126_130100_create_lead_imports::Migration),
            Box::new(crate::m20261126_140000_let_jobs_work_in_tenants::Migration),
            Box::new(crate::m20261126_140100_create_campaign_leads::Migration),
            Box::new(crate::m20261126_150000_let_staff_manage_queues::Migration),
            Box::new(crate::m20261127_030000_trace_causes_of_work::Migration),
            Box::new(crate::m20261127_031000_open_system_events_once::Migration),
            Box::new(crate::m20261127_032000_tell_which_mailboxes_to_read::Migration),
            Box::new(crate::m20261127_033000_let_numbers_be_counted::Migration),
            Box::new(crate::m20261127_033000_let_staff_read_audit_log::Migration),
            Box::new(crate::m20261127_033000_let_subscriptions_go_on::Migration),
            Box::new(crate::m20261127_033100_create_stripe_events::Migration),
            Box::new(crate::m20261127_040000_leave_incidents_to_the_platform::Migration),
            Box::new(crate::m20261127_040000_record_who_joins::Migration),
            Box::new(crate::m20261127_041000_tell_whose_numbers_change::Migration),
            Box::new(crate::m20261127_041200_refuse_unknown_time_zones::Migration),
            Box::new(crate::m20261127_072000_let_payers_read_payments::Migration),
            Box::new(crate::m20261127_072100_tell_of_subscriptions::Migration),
            Box::new(crate::m20261127_080000_create_campaign_runs::Migration),
            Box::new(crate::m20261127_080000_hear_what_stripe_changes::Migration),
            Box::new(crate::m20261127_080100_create_subscription_periods::Migration),
            Box::new(crate::m20261127_080100_let_leads_stand_at_steps::Migration),
            Box::new(crate::m20261127_081000_show_sending_problems::Migration),
            Box::new(crate::m20261127_081100_let_tenants_say_how_long_mail_is_kept::Migration),
            Box::new(crate::m20261127_090000_know_when_subscriptions_stood_so::Migration),
            Box::new(crate::m20261127_091000_keep_passwords_to_their_servers::Migration),
            Box::new(crate::m20261127_100000_count_leads_by_status::Migration),
            Box::new(crate::m20261127_110000_know_live_members_by_themselves::Migration),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_in_its_order() {
        expect_listed::<Migrator>("");
        expect_listed::<crate::content::Migrator>("/content");
        expect_listed::<crate::analytics::Migrator>("/analytics");
        expect_listed::<crate::queue::Migrator>("/queue");
    }

    fn expect_listed<M: MigratorTrait>(folder: &str) {
        let folder = format!("{}/src{folder}", env!("CARGO_MANIFEST_DIR"));
        let folder = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<_> = folder
            .filter_map(|file| file.unwrap().file_name().into_string().ok())
            .filter_map(|file| Some(file.strip_suffix(".rs")?.to_owned()))
            .filter(|file| file.starts_with("m2"))
            .collect();
        files.sort();
        let listed = M::migrations();
        let listed: Vec<_> = listed.iter().map(|migration| migration.name()).collect();
        assert_eq!(listed, files);
    }
}
