//! `gateway recount`.

use analytics::Analytics;
use clap::Args;
use entity::id::TenantId;
use tenant::{DatabaseOptions, Tier, find_tenant};

use super::{CommandError, print};
use crate::{database::Databases, serve::database, settings::Config, work::numbers};

/// Counts all numbers of a tenant anew.
#[derive(Args, Debug)]
pub struct Recount {
    /// The tenant's name (acme) or id (tnt_…)
    #[arg(long)]
    tenant: String,
}

impl Recount {
    pub(super) async fn run(self, config: &Config) -> Result<(), CommandError> {
        let databases = Databases::existing(config).await?;
        let counted = self.count(config, &databases).await;
        databases.close(counted).await
    }

    async fn count(&self, config: &Config, databases: &Databases) -> Result<(), CommandError> {
        let tenant = self.tenant(databases).await?;
        let options = DatabaseOptions {
            max_connections: 1,
            statement_timeout: config.statement_timeout,
            ..DatabaseOptions::default()
        };
        let database = database(&databases.login(), &options)?;
        let analytics = Analytics::new(database.clone(), numbers(config));
        let counted = analytics.recount(tenant).await;
        database.close().await;
        let counted = counted?;
        print(if counted.is_complete {
            "all is counted"
        } else {
            "all is counted but what transactions wrote that ended out of their order: a worker adds it within a minute"
        })
    }

    /// The tenant of an id, which needs no database, or of a name.
    async fn tenant(&self, databases: &Databases) -> Result<TenantId, CommandError> {
        if let Ok(tenant) = self.tenant.parse() {
            return Ok(tenant);
        }
        let Some(url) = databases.oltp().admin.as_deref() else {
            return Err(CommandError::Usage(
                "names can not be looked up as the login role: give an id (--tenant tnt_…), or set GATEWAY_ADMIN_URL to a superuser's URL".to_owned(),
            ));
        };
        let found = find_tenant(url, &self.tenant).await;
        let found = found.map_err(|cause| CommandError::Unreachable(Tier::Oltp, cause))?;
        found.ok_or_else(|| CommandError::Usage(format!("there is no tenant {}", self.tenant)))
    }
}
