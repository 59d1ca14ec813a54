//! Brings mail into its database.

use indicatif::ProgressBar;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    bulk::{SetAside, trust_foreign_keys},
    error::Error,
    load,
    table::mail,
    tenant::Tenant,
};

/// What is searched of the bodies, until the messages' documents are made of it: a body is compressed, which the database
/// can not read.
const BODIES: &str = "CREATE TEMPORARY TABLE searched_bodies
    (tenant_id uuid, content_key varchar, body text) ON COMMIT DROP";

/// The words of a body are taken apart once, however many messages share it: a document is that of the body without a
/// subject, behind the subject's.
const DOCUMENTS: &str = "WITH bodies AS MATERIALIZED (
        SELECT tenant_id, content_key, search_document(tenant_id, '', body) AS words FROM searched_bodies)
    INSERT INTO email_search (tenant_id, storage_key, content_key, message_created, document)
    SELECT tenant_id, storage_key, content_key, created, setweight(to_tsvector('simple', subject), 'A') || words
    FROM email_messages JOIN bodies USING (tenant_id, content_key)";

/// Writes all mail of the tenants, unless there is some. Answers with the number of rows of each table.
pub(crate) async fn fill(
    url: &str,
    tenants: &[Tenant],
    progress: &ProgressBar,
) -> Result<Vec<(&'static str, u64)>, Error> {
    let mut connection = load::connect(url, mail::TABLES).await?;
    let mut transaction = load::begin(&mut connection).await?;
    if is_filled(&mut transaction, tenants).await? {
        return Ok(Vec::new());
    }
    trust_foreign_keys(&mut transaction).await?;
    let mut rows = load::write(&mut transaction, mail::TABLES, tenants, progress).await?;
    rows.push((
        "email_search",
        search(&mut transaction, tenants, progress).await?,
    ));
    transaction.commit().await?;
    load::analyze(&mut connection, mail::TABLES).await?;
    sqlx::raw_sql("ANALYZE email_search")
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(rows)
}

async fn is_filled(connection: &mut PgConnection, tenants: &[Tenant]) -> Result<bool, Error> {
    let ids: Vec<Uuid> = tenants.iter().map(|tenant| tenant.id).collect();
    let found =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM email_messages WHERE tenant_id = ANY ($1))");
    Ok(found.bind(ids).fetch_one(connection).await?)
}

async fn search(
    connection: &mut PgConnection,
    tenants: &[Tenant],
    progress: &ProgressBar,
) -> Result<u64, Error> {
    progress.set_message("email_search");
    let planned = tenants.iter().map(mail::messages).sum();
    sqlx::raw_sql(BODIES).execute(&mut *connection).await?;
    load::write(&mut *connection, &[mail::SEARCHED], tenants, progress).await?;
    let indexes = SetAside::take(&mut *connection, "email_search", planned).await?;
    let written = sqlx::raw_sql(DOCUMENTS).execute(&mut *connection).await?;
    indexes.put_back(connection).await?;
    Ok(written.rows_affected())
}
