//! `gateway doctor`.

use tenant::{Database, DatabaseOptions, Inspection};

use super::{CommandError, print};
use crate::{
    InvalidUrl,
    database::{Databases, TierDatabase},
    settings::Config,
};

pub(super) async fn run(config: &Config) -> Result<(), CommandError> {
    let databases = Databases::existing(config).await?;
    let examined = report(&databases).await;
    let findings = databases.close(examined).await?;
    if findings > 0 {
        return Err(CommandError::Findings(findings));
    }
    print(
        "tenants are isolated: the login role owns nothing and bypasses nothing, every table forces row level security",
    )
}

/// Says what is found in each tier; answers with how much.
async fn report(databases: &Databases) -> Result<usize, CommandError> {
    let mut found = 0;
    for database in databases.tiers() {
        let Inspection {
            role,
            tables,
            findings,
        } = examine(database).await?;
        print(format_args!(
            "{}: looked at the login role {role} and {tables} tables and views",
            database.tier.as_str()
        ))?;
        for finding in &findings {
            print(format_args!("  {finding}"))?;
        }
        found += findings.len();
    }
    Ok(found)
}

/// Looks at a database as the login role sees it.
pub(super) async fn examine(database: &TierDatabase) -> Result<Inspection, CommandError> {
    let options = DatabaseOptions {
        max_connections: 1,
        ..DatabaseOptions::default()
    };
    let (tier, login) = (database.tier, &database.login);
    let database = Database::new(login, &options).map_err(InvalidUrl::from)?;
    let inspection = database.inspect().await;
    let inspection = inspection.map_err(|cause| CommandError::Unreachable(tier, cause));
    database.close().await;
    inspection
}
