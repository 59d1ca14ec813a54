//! How much synthetic data to make.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{error::Error, tenant::Shape};

/// How much data, and which. The same plan gives the same rows.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many tenants. Each has five users, `owner@`, `admin@`, `member@`, `analyst@` and `billing@`
    /// its domain.
    pub tenants: u64,
    /// Companies of each tenant.
    pub companies_per_tenant: u64,
    /// Sending domains of each tenant.
    pub domains_per_tenant: u64,
    /// Mailboxes of each tenant.
    pub email_accounts_per_tenant: u64,
    /// Leads of each tenant.
    pub leads_per_tenant: u64,
    /// Leads of the first tenant, if it is to differ from the others.
    pub largest_tenant_leads: Option<u64>,
    /// Templates of each tenant.
    pub templates_per_tenant: u64,
    /// Campaigns of each tenant.
    pub campaigns_per_tenant: u64,
    /// Steps of each campaign.
    pub steps_per_campaign: u64,
    /// Messages of each campaign, and what was answered to them; in the content tier.
    pub messages_per_campaign: u64,
    /// Chooses other tenants, with other rows.
    pub seed: u64,
    /// The end of the time that the data covers. Fixed by default: rows that depend on today would
    /// not be the same tomorrow.
    pub until: DateTime<Utc>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            tenants: 10,
            companies_per_tenant: 5,
            domains_per_tenant: 5,
            email_accounts_per_tenant: 15,
            leads_per_tenant: 1000,
            largest_tenant_leads: None,
            templates_per_tenant: 20,
            campaigns_per_tenant: 45,
            steps_per_campaign: 5,
            messages_per_campaign: 0,
            seed: 1,
            // 2026-07-01.
            until: DateTime::UNIX_EPOCH + TimeDelta::days(20_635),
        }
    }
}

impl Plan {
    /// What tenant `index` has.
    pub(crate) fn shape(&self, index: u64) -> Shape {
        let leads = self.largest_tenant_leads.filter(|_| index == 0);
        Shape {
            companies: self.companies_per_tenant,
            domains: self.domains_per_tenant,
            accounts: self.email_accounts_per_tenant,
            leads: leads.unwrap_or(self.leads_per_tenant),
            templates: self.templates_per_tenant,
            campaigns: self.campaigns_per_tenant,
            steps: self.steps_per_campaign,
            messages: self.messages_per_campaign,
        }
    }

    /// Refuses what cannot be carried out.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.email_accounts_per_tenant > 0 && self.domains_per_tenant == 0 {
            let reason = "email accounts need a domain: plan at least one domain a tenant";
            return Err(Error::Plan(reason.to_owned()));
        }
        if i32::try_from(self.steps_per_campaign).is_err() {
            let reason = "a campaign cannot have more than 2147483647 steps";
            return Err(Error::Plan(reason.to_owned()));
        }
        Ok(())
    }
}
