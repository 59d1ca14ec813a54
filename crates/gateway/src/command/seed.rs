//! `gateway seed`.

use clap::Args;

use super::{CommandError, migrate, print, program};
use crate::{database::Databases, settings::Config};

/// Tenants of a report that are named.
const NAMED: usize = 10;

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
    /// Messages of each campaign, and what was answered to them
    #[arg(long, default_value_t = 0)]
    messages_per_campaign: u64,
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
        let written = self.write(&databases).await;
        summarize(&databases.close(written).await?)
    }

    async fn write(&self, databases: &Databases) -> Result<::seed::Report, CommandError> {
        let Some(urls) = databases.admin() else {
            return Err(CommandError::Usage(
                "seeding bypasses row level security: set GATEWAY_ADMIN_URL to a superuser's URL of the same database"
                    .to_owned(),
            ));
        };
        migrate::bring_up(databases).await?;
        Ok(::seed::synthetic(&urls, &self.plan()).await?)
    }

    fn plan(&self) -> ::seed::Plan {
        ::seed::Plan {
            tenants: self.tenants,
            companies_per_tenant: self.companies_per_tenant,
            campaigns_per_tenant: self.campaigns_per_tenant,
            steps_per_campaign: self.steps_per_campaign,
            messages_per_campaign: self.messages_per_campaign,
            leads_per_tenant: self.leads_per_tenant,
            largest_tenant_leads: self.largest_tenant_leads,
            seed: self.seed,
            ..::seed::Plan::default()
        }
    }
}

/// What was written, who owns it, and how to ask for it.
fn summarize(report: &::seed::Report) -> Result<(), CommandError> {
    let rows: u64 = report.rows.iter().map(|(_, rows)| rows).sum();
    let seconds = report.elapsed.as_secs_f64();
    print(format_args!("{rows} rows in {seconds:.1} s"))?;
    for (table, rows) in report.rows.iter().filter(|(_, rows)| *rows > 0) {
        print(format_args!("  {rows:>10}  {table}"))?;
    }
    let tenants = &report.tenants;
    print(format_args!("\n{} tenants and their owners", tenants.len()))?;
    for tenant in tenants.iter().take(NAMED) {
        print(format_args!("  {}  {}", tenant.name, tenant.owner))?;
    }
    if tenants.len() > NAMED {
        print(format_args!("  and {} more", tenants.len() - NAMED))?;
    }
    match tenants.first() {
        Some(tenant) => print(format_args!(
            "\nA token for an owner:\n  {} token --tenant {} --user {}",
            program(),
            tenant.name,
            tenant.owner
        )),
        None => Ok(()),
    }
}
