//! The GraphQL objects, one file each: the object, its enums, its filter and its orders.
//!
//! An object is declared, never derived from its table: a new column is in the schema the day
//! somebody names it here. To add one:
//!
//! 1. a file with `rows::object!` (every field with its description), `enumeration!` for its enums,
//!    `filter!`, `order!`, `aggregates!` and `table!`;
//! 2. a line in [`node`] if it has an id, its root fields in `query`, the relations that lead to
//!    it in the objects they start from;
//! 3. an isolation case in the tests, which fail until there is one.

pub mod admin_system_event;
pub mod api_key;
pub mod attachment;
pub mod audit_log_entry;
pub mod billing_analytics;
pub mod campaign;
pub mod campaign_lead;
pub mod campaign_sequence_step;
pub mod company;
pub mod dns_record;
pub mod domain;
pub mod domain_ip_assignment;
pub mod email_account;
pub mod email_body;
pub mod email_header;
pub mod email_message;
pub mod feature_flag;
pub mod folder;
pub mod invitation;
pub mod job;
pub mod job_log;
pub mod job_queue;
pub mod lead;
pub mod lead_import;
pub mod mail_server_settings;
pub mod mailbox;
pub mod node;
pub mod other_tenant;
pub mod payment;
pub mod permission;
pub mod plan;
pub mod smtp_ip_address;
pub mod staff_member;
pub mod staff_role;
pub mod staff_role_permission;
pub mod subscription;
pub mod subscription_addon;
pub mod subscription_usage;
pub mod system_config;
pub mod tag;
pub mod template;
pub mod tenant;
pub mod tenant_config;
pub mod tenant_policy;
pub mod tenant_user;
pub mod user;
pub mod user_preferences;
pub mod vps_instance;

/// What every object's file uses.
mod prelude {
    pub(super) use chrono::{DateTime, Utc};

    pub(super) use super::node::Node;
    pub(super) use crate::{
        aggregate::aggregates,
        analytics::{Analytics, Span, Subject, analytics},
        argument::ConnectionArguments,
        connection::Connection,
        filter::{
            BigIntFilter, BooleanFilter, DateTimeFilter, Ids, IntFilter, TextFilter, enumeration,
            filter,
        },
        input::{DomainName, EmailAddress, LanguageTag, TimeZone, WebAddress},
        loader::{by_id, children, inside, through},
        order::order,
        scalar::{BigInt, GlobalId, Json},
        table::table,
    };
}
