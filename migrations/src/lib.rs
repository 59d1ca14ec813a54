//! The history of the database's schema, and the roles that use it.
//!
//! A migration is a file `m<date>_<time>_<verb>_<object>.rs`: one thought, its reason on top,
//! reversible. The files lie flat, so that the listing is the history. A table's policies and
//! grants are in the migration that makes the table; `row_security` writes them for each scope.
//! What has been released is not edited, a further migration corrects it.
//!
//! What may not be in here: models of the application. History must not change when they do.
//!
//! To add a migration: add its file, list it at the end of [`Migrator`], and run up, down and up
//! again. Row level security is forced on the owner as well, so a migration that changes rows sets
//! `NO FORCE` on the table for as long as it does (its transaction hides that from all others), or
//! changes them before it secures the table.
//!
//! Text that lists are ordered by or searched in is `COLLATE "C"`: the order is that of the bytes,
//! upper case before lower. It is what lets one index serve equality, the order, the cursor into it
//! and the prefix search, and it does not change with the system's library, as others do.
//!
//! Each [`Tier`] is a database with a history of its own: `content`, `analytics` and `queue` have a folder, the transactional tier's
//! files lie here.
//!
//! Roles ([`prepare_roles`]): `gateway_owner` owns all objects and cannot log in;
//! `gateway_migrator` logs in to become the owner; `gateway_login` serves requests and owns nothing;
//! `gateway_staff` is what it must `SET ROLE` to before it sees what is for staff, `gateway_feed` before it
//! sees which rows have changed, of whichever tenant. The platform's own work becomes `gateway_worker` in a tenant, and
//! `gateway_dispatcher`, which sees no tenant's rows, to learn what is due.

mod analytics;
mod content;
mod error;
mod history;
mod migrator;
mod queue;
mod roles;
mod row_security;
mod statement;
mod tier;

mod m20261123_080000_secure_migration_table;
mod m20261123_080100_create_updated_trigger;
mod m20261123_080200_create_identity;
mod m20261123_080300_create_viewer_tenants;
mod m20261123_080400_create_companies;
mod m20261123_080500_create_domains;
mod m20261123_080600_create_email_accounts;
mod m20261123_080700_create_leads;
mod m20261123_080800_create_templates;
mod m20261123_080900_create_campaigns;
mod m20261123_081000_create_plans;
mod m20261123_081100_create_subscriptions;
mod m20261123_081200_create_staff;
mod m20261123_081300_create_sending_infrastructure;
mod m20261123_081400_create_user_preferences;
mod m20261123_081500_create_tenant_settings;
mod m20261123_081600_create_platform_settings;
mod m20261123_081700_create_admin_system_events;
mod m20261123_081800_create_outbox;
mod m20261126_090000_restrict_workspace_writers;
mod m20261126_090100_open_tenant_settings;
mod m20261126_090200_open_memberships;
mod m20261126_090300_open_billing_contact;
mod m20261126_090400_create_viewer_is_live;
mod m20261126_090500_create_invitations;
mod m20261126_090600_create_accept_invitation;
mod m20261126_100000_add_email_account_daily_limit;
mod m20261126_100200_make_sending_names_unique;
mod m20261126_110000_show_users_themselves_first;
mod m20261126_120000_create_api_keys;
mod m20261126_120100_let_staff_read_in_tenants;
mod m20261126_130000_create_changes;
mod m20261126_130100_create_lead_imports;
mod m20261126_140000_let_jobs_work_in_tenants;
mod m20261126_140100_create_campaign_leads;
mod m20261126_150000_let_staff_manage_queues;
mod m20261127_030000_trace_causes_of_work;
mod m20261127_031000_open_system_events_once;
mod m20261127_032000_tell_which_mailboxes_to_read;
mod m20261127_033000_let_numbers_be_counted;
mod m20261127_033000_let_staff_read_audit_log;
mod m20261127_033000_let_subscriptions_go_on;
mod m20261127_033100_create_stripe_events;
mod m20261127_040000_leave_incidents_to_the_platform;
mod m20261127_040000_record_who_joins;
mod m20261127_041000_tell_whose_numbers_change;
mod m20261127_041200_refuse_unknown_time_zones;
mod m20261127_072000_let_payers_read_payments;
mod m20261127_072100_tell_of_subscriptions;
mod m20261127_080000_create_campaign_runs;
mod m20261127_080000_hear_what_stripe_changes;
mod m20261127_080100_create_subscription_periods;
mod m20261127_080100_let_leads_stand_at_steps;
mod m20261127_081000_show_sending_problems;
mod m20261127_081100_let_tenants_say_how_long_mail_is_kept;
mod m20261127_090000_know_when_subscriptions_stood_so;
mod m20261127_091000_keep_passwords_to_their_servers;
mod m20261127_100000_count_leads_by_status;
mod m20261127_110000_know_live_members_by_themselves;

pub use error::Error;
pub use history::{Status, down, pending, status, up};
pub use migrator::Migrator;
pub use roles::{Passwords, make_database, prepare_roles};
pub use tier::Tier;
