//! What makes a large load fast. Both end with the transaction.
//!
//! Of two million leads on two cores, checking their foreign keys one by one took 26 of 86 s, and
//! keeping three secondary indexes up to date another 25.

use sqlx::{AssertSqlSafe, PgConnection};

/// From how many rows on an index is cheaper to build than to keep.
const MANY: u64 = 100_000;

/// Leaves out the foreign keys' checks for this transaction, if the role may: the rows are made so that
/// they hold, and a test checks that they do.
pub(crate) async fn trust_foreign_keys(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT set_config('session_replication_role', 'replica', true)
        FROM pg_roles WHERE rolname = current_user AND rolsuper",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Secondary indexes of a table that is being filled, to be built again.
pub(crate) struct SetAside {
    definitions: Vec<String>,
}

impl SetAside {
    /// Drops the indexes, if `rows` are many and more than there are. Nobody else can use the table
    /// until the end of the transaction. What keeps rows unique stays.
    pub(crate) async fn take(
        connection: &mut PgConnection,
        table: &str,
        rows: u64,
    ) -> Result<Self, sqlx::Error> {
        let indexes: Vec<(String, String)> = sqlx::query_as(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
            FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
            WHERE indrelid = $1::regclass AND NOT indisunique AND reltuples < $2 AND $2 >= $3
            ORDER BY 1",
        )
        .bind(table)
        .bind(rows as f32)
        .bind(MANY as f32)
        .fetch_all(&mut *connection)
        .await?;
        let mut definitions = Vec::with_capacity(indexes.len());
        for (index, definition) in indexes {
            run(connection, format!("DROP INDEX {index}")).await?;
            definitions.push(definition);
        }
        Ok(Self { definitions })
    }

    /// Builds them again, under the same names.
    pub(crate) async fn put_back(self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.definitions.is_empty() {
            return Ok(());
        }
        run(
            connection,
            "SET LOCAL maintenance_work_mem = '256MB'".to_owned(),
        )
        .await?;
        for definition in self.definitions {
            run(connection, definition).await?;
        }
        Ok(())
    }
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}
