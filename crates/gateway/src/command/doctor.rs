//! `gateway doctor`.

use tenant::{Database, DatabaseOptions, Inspection};

use super::{CommandError, print};
use crate::{InvalidUrl, database::Databases, settings::Config};

pub(super) async fn run(config: &Config) -> Result<(), CommandError> {
    let databases = Databases::existing(config).await?;
    let examined = examine(&databases.login).await;
    report(&databases.close(examined).await?)
}

fn report(inspection: &Inspection) -> Result<(), CommandError> {
    let Inspection {
        role,
        tables,
        findings,
    } = inspection;
    print(format_args!(
        "looked at the login role {role} and {tables} tables and views"
    ))?;
    for finding in findings {
        print(format_args!("  {finding}"))?;
    }
    if !findings.is_empty() {
        return Err(CommandError::Findings(findings.len()));
    }
    print(
        "tenants are isolated: the login role owns nothing and bypasses nothing, every table forces row level security",
    )
}

/// Looks at the database as the login role sees it.
pub(super) async fn examine(login: &str) -> Result<Inspection, CommandError> {
    let options = DatabaseOptions {
        max_connections: 1,
        ..DatabaseOptions::default()
    };
    let database = Database::new(login, &options).map_err(InvalidUrl::from)?;
    let inspection = database.inspect().await.map_err(CommandError::Unreachable);
    database.close().await;
    inspection
}
