//! Brings rows into the database.

use indicatif::ProgressBar;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Postgres, Transaction};

use crate::{
    bulk::{SetAside, trust_foreign_keys},
    error::Error,
    row::{HEADER, Row, TRAILER},
    table::{TABLES, Table, labels},
    tenant::Tenant,
};

/// How many bytes are sent at once.
const CHUNK: usize = 256 << 10;

/// Connects, and refuses a role for which loading would fail half way.
pub(crate) async fn connect(url: &str, tables: &[Table]) -> Result<PgConnection, Error> {
    let mut connection = PgConnection::connect(url).await?;
    let (role, bypasses): (String, bool) = sqlx::query_as(
        "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
    )
    .fetch_one(&mut connection)
    .await?;
    if !bypasses {
        return Err(Error::NotAdmin { role });
    }
    for table in tables {
        let there: bool = sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL")
            .bind(table.name)
            .fetch_one(&mut connection)
            .await?;
        if !there {
            return Err(Error::NoSchema { table: table.name });
        }
    }
    Ok(connection)
}

/// Begins the one transaction in which all is written, and waits for others that do the same.
pub(crate) async fn begin(
    connection: &mut PgConnection,
) -> Result<Transaction<'_, Postgres>, Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('gateway.seed', 0))")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Writes all rows of all tenants. Answers with the number of rows of each table.
pub(crate) async fn load(
    connection: &mut PgConnection,
    tenants: &mut [Tenant],
    progress: &ProgressBar,
) -> Result<Vec<(&'static str, u64)>, Error> {
    trust_foreign_keys(connection).await?;
    reserve_keys(connection, tenants).await?;
    write(connection, TABLES, tenants, progress).await
}

/// Writes all rows of these tables.
pub(crate) async fn write(
    connection: &mut PgConnection,
    tables: &[Table],
    tenants: &[Tenant],
    progress: &ProgressBar,
) -> Result<Vec<(&'static str, u64)>, Error> {
    let mut written = Vec::with_capacity(tables.len());
    for table in tables {
        progress.set_message(table.name);
        let planned = tenants.iter().map(table.count).sum();
        let indexes = SetAside::take(connection, table.name, planned).await?;
        let rows = copy(connection, table, tenants, progress).await?;
        indexes.put_back(connection).await?;
        written.push((table.name, rows));
    }
    Ok(written)
}

/// How many rows that will be.
pub(crate) fn total(tables: &'static [Table], tenants: &[Tenant]) -> u64 {
    let rows = move |tenant| tables.iter().map(move |table| (table.count)(tenant));
    tenants.iter().flat_map(rows).sum()
}

/// Lets the planner know what is there now.
pub(crate) async fn analyze(connection: &mut PgConnection, tables: &[Table]) -> Result<(), Error> {
    for table in tables {
        let sql = format!("ANALYZE {}", table.name);
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn copy(
    connection: &mut PgConnection,
    table: &Table,
    tenants: &[Tenant],
    progress: &ProgressBar,
) -> Result<u64, Error> {
    let columns = table.columns.join(", ");
    let sql = format!("COPY {} ({columns}) FROM STDIN (FORMAT binary)", table.name);
    let mut copy = connection.copy_in_raw(&sql).await?;
    let mut buffer = Vec::with_capacity(2 * CHUNK);
    buffer.extend(HEADER);
    for tenant in tenants {
        let mut pending = 0;
        for index in 0..(table.count)(tenant) {
            (table.write)(
                tenant,
                index,
                &mut Row::begin(&mut buffer, table.columns.len()),
            );
            pending += 1;
            if buffer.len() >= CHUNK {
                copy.send(&*buffer).await?;
                buffer.clear();
                progress.inc(std::mem::take(&mut pending));
            }
        }
        progress.inc(pending);
    }
    buffer.extend(TRAILER);
    copy.send(&*buffer).await?;
    Ok(copy.finish().await?)
}

/// Takes the keys that the database counts for all tenants.
async fn reserve_keys(connection: &mut PgConnection, tenants: &mut [Tenant]) -> Result<(), Error> {
    if tenants.is_empty() {
        return Ok(());
    }
    let count = tenants.len() as i64;
    let folder = reserve(connection, "folders", count * labels::FOLDERS_OF_TENANT).await?;
    let tag = reserve(connection, "tags", count * labels::TAGS_OF_TENANT).await?;
    for (place, tenant) in (0..).zip(tenants) {
        tenant.first_folder = folder + place * labels::FOLDERS_OF_TENANT;
        tenant.first_tag = tag + place * labels::TAGS_OF_TENANT;
    }
    Ok(())
}

async fn reserve(connection: &mut PgConnection, table: &str, count: i64) -> Result<i64, Error> {
    let first: i64 = sqlx::query_scalar(
        "WITH sequence AS (SELECT pg_get_serial_sequence($1, 'id')::regclass AS name),
            first AS (SELECT nextval(name) AS value FROM sequence)
        SELECT setval(name, value + $2 - 1) - $2 + 1 FROM sequence, first",
    )
    .bind(table)
    .bind(count)
    .fetch_one(connection)
    .await?;
    Ok(first)
}
