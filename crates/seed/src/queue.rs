//! Brings jobs into their database.

use indicatif::ProgressBar;
use sqlx::Connection;
use uuid::Uuid;

use crate::{
    error::Error,
    load,
    table::Table,
    table::jobs::{JOB_LOGS, JOBS},
    tenant::Tenant,
};

const TABLES: &[Table] = &[JOBS, JOB_LOGS];

/// Whether there are jobs, or there were: what is done goes after a while, and what a member dropped is to stay away. (The
/// clock of mailboxes ticks from the first minute, and makes none where there is none.)
const USED: &str = "SELECT EXISTS (SELECT FROM jobs WHERE tenant_id = ANY ($1))
    OR EXISTS (SELECT FROM job_schedules WHERE last_run IS NOT NULL AND scope = 'tenant')";

/// Writes the tenants' jobs into a database that nobody has used yet.
pub(crate) async fn fill(url: &str, tenants: &[Tenant]) -> Result<(), Error> {
    let mut connection = load::connect(url, TABLES).await?;
    let mut transaction = load::begin(&mut connection).await?;
    let ids: Vec<Uuid> = tenants.iter().map(|tenant| tenant.id).collect();
    let used: bool = sqlx::query_scalar(USED)
        .bind(ids)
        .fetch_one(&mut *transaction)
        .await?;
    if used {
        return Ok(());
    }
    load::write(&mut transaction, TABLES, tenants, &ProgressBar::hidden()).await?;
    transaction.commit().await?;
    load::analyze(&mut connection, TABLES).await?;
    Ok(connection.close().await?)
}
