//! Running and writing the statements that many migrations have.

use sea_orm_migration::prelude::*;

/// Runs pieces of SQL, each of one or more statements, in order.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &[&str]) -> Result<(), DbErr> {
    for statements in sql {
        manager
            .get_connection()
            .execute_unprepared(statements)
            .await?;
    }
    Ok(())
}

/// The trigger that keeps a table's `updated`.
pub(crate) fn keep_updated(table: &str) -> String {
    format!(
        "CREATE TRIGGER {table}_updated BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION set_updated();"
    )
}

/// The column that says in which trace a row was written: the one that the transaction names. NULL for rows that are there.
pub(crate) fn traced(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ADD COLUMN trace_parent varchar(55) COLLATE \"C\";
        ALTER TABLE {table} ALTER COLUMN trace_parent
            SET DEFAULT nullif(current_setting('app.trace_parent', true), '');"
    )
}
