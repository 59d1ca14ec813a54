//! `gateway doctor`.

use tenant::{Database, DatabaseOptions, Inspection};

use super::{CommandError, print};
use crate::{database::Databases, settings::Config};

pub(super) async fn run(config: &Config) -> Result<(), CommandError> {
    let databases = Databases::attach(config).await?;
    let result = examine(&databases.login).await;
    databases.close().await?;
    let inspection = result?;
    print(format_args!("login role {}, {} tables and views", inspection.role, inspection.tables));
    for finding in &inspection.findings {
        print(format_args!("  {finding}"));
    }
    if !inspection.findings.is_empty() {
        return Err(CommandError::Unsafe(inspection.findings.len()));
    }
    print("tenants are isolated: the login role owns nothing and bypasses nothing, every table forces row level security");
    Ok(())
}

/// Looks at the database as the login role sees it.
pub(super) async fn examine(login: &str) -> Result<Inspection, CommandError> {
    let database = Database::new(login, &DatabaseOptions::default()).map_err(CommandError::Unreachable)?;
    let inspection = database.inspect().await.map_err(CommandError::Unreachable);
    database.close().await;
    inspection
}
