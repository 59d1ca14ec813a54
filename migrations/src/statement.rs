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
