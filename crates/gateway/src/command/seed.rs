//! `gateway seed`.

use clap::Args;

use super::{CommandError, print};
use crate::{database::Databases, settings::Config};

/// Writes made-up data. The same numbers give the same rows.
#[derive(Args, Debug)]
pub struct Seed {
    /// Tenants
    #[arg(long, default_value_t = 10)]
    tenants: u64,
    /// Companies of each tenant
    #[arg(long, default_value_t = 5)]
    companies_per_tenant: u64,
    /// Campaigns of each tenant
    #[arg(long, default_value_t = 45)]
    campaigns_per_tenant: u64,
    /// Steps of each campaign
    #[arg(long, default_value_t = 5)]
    steps_per_campaign: u64,
    /// Leads of each tenant
    #[arg(long, default_value_t = 10_000)]
    leads_per_tenant: u64,
    /// Leads of the first tenant, if it is to have more than the others
    #[arg(long)]
    largest_tenant_leads: Option<u64>,
    /// Another number makes other tenants
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Seed {
    pub(super) async fn run(self, config: &Config) -> Result<(), CommandError> {
        let databases = Databases::attach(config).await?;
        let result = self.write(&databases).await;
        databases.close().await?;
        result
    }

    async fn write(&self, databases: &Databases) -> Result<(), CommandError> {
        let Some(url) = databases.admin.as_deref() else {
            return Err(CommandError::Usage(
                "seeding bypasses row level security; set GATEWAY_ADMIN_URL to a superuser's URL of the same database".to_owned(),
            ));
        };
        migrations::up(databases.migration()?, None).await?;
        let report = ::seed::synthetic(url, &self.plan()).await?;
        print(format_args!("{report:?}"));
        Ok(())
    }

    fn plan(&self) -> ::seed::Plan {
        ::seed::Plan {
            tenants: self.tenants,
            companies_per_tenant: self.companies_per_tenant,
            campaigns_per_tenant: self.campaigns_per_tenant,
            steps_per_campaign: self.steps_per_campaign,
            leads_per_tenant: self.leads_per_tenant,
            largest_tenant_leads: self.largest_tenant_leads,
            seed: self.seed,
            ..::seed::Plan::default()
        }
    }
}
