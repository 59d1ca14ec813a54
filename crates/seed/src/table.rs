//! The tables that hold tenants' rows.

mod campaign_leads;
mod campaigns;
mod companies;
mod domain_ip_assignments;
mod domains;
mod email_accounts;
mod events;
mod identity;
pub(crate) mod jobs;
pub(crate) mod labels;
mod lead_imports;
mod leads;
pub(crate) mod mail;
mod payments;
mod settings;
mod steps;
mod subscriptions;
mod templates;

use crate::{row::Row, tenant::Tenant};

/// How a table's rows are made.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// How many rows a tenant has in it.
    pub(crate) count: fn(&Tenant) -> u64,
    /// Writes one of them. It depends on nothing but the tenant and the row's number.
    pub(crate) write: fn(&Tenant, u64, &mut Row<'_>),
}

/// In an order in which no row points to one that is not there yet.
pub(crate) const TABLES: &[Table] = &[
    identity::TENANTS,
    identity::USERS,
    identity::TENANT_USERS,
    identity::INVITATIONS,
    identity::API_KEYS,
    settings::USER_PREFERENCES,
    settings::TENANT_CONFIG,
    settings::TENANT_POLICIES,
    companies::COMPANIES,
    domains::DOMAINS,
    domain_ip_assignments::DOMAIN_IP_ASSIGNMENTS,
    email_accounts::EMAIL_ACCOUNTS,
    leads::LEADS,
    lead_imports::LEAD_IMPORTS,
    templates::TEMPLATES,
    labels::FOLDERS,
    labels::TAGS,
    labels::TEMPLATE_FOLDERS,
    labels::TEMPLATE_TAGS,
    campaigns::CAMPAIGNS,
    steps::STEPS,
    campaign_leads::CAMPAIGN_LEADS,
    subscriptions::SUBSCRIPTIONS,
    subscriptions::ADDONS,
    payments::PAYMENTS,
    events::ADMIN_SYSTEM_EVENTS,
    events::OUTBOX,
];
