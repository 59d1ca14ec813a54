//! The transactional tier: who the tenants are, what they send with, to whom, and what they pay.
//!
//! A module a table, named in the singular. The order of the fields is the order of the columns.
//! Money is an `i64` of minor units (cents) with its currency beside it; times are UTC.

pub mod admin_system_event;
pub mod api_key;
pub mod campaign;
pub mod campaign_lead;
pub mod campaign_sequence_step;
pub mod company;
pub mod domain;
pub mod domain_ip_assignment;
pub mod email_account;
pub mod feature_flag;
pub mod folder;
pub mod invitation;
pub mod lead;
pub mod lead_import;
pub mod outbox;
pub mod payment;
pub mod permission;
pub mod plan;
pub mod smtp_ip_address;
pub mod staff_member;
pub mod staff_role;
pub mod staff_role_permission;
pub mod stripe_event;
pub mod subscription;
pub mod subscription_addon;
pub mod subscription_period;
pub mod system_config;
pub mod tag;
pub mod template;
pub mod template_folder;
pub mod template_tag;
pub mod tenant;
pub mod tenant_config;
pub mod tenant_policy;
pub mod tenant_user;
pub mod user;
pub mod user_preference;
pub mod vps_instance;
