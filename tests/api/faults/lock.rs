//! What makes a request slow: a table that somebody else has locked.

use gateway_tests::{World, beside, cluster};
use migrations::Tier;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// An exclusive lock on a table, held by a session of the superuser.
pub(super) struct Lock {
    holder: PgConnection,
}

impl Lock {
    pub(super) async fn on(world: &World, table: &str) -> Self {
        Self::on_in(world, Tier::Oltp, table).await
    }

    /// The same on a table of a tier.
    pub(super) async fn on_in(world: &World, tier: Tier, table: &str) -> Self {
        let database = beside(&world.database, tier);
        let url = cluster().await.server.superuser_url(&database);
        let mut holder = PgConnection::connect(&url).await.expect("a connection");
        let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        sqlx::raw_sql(AssertSqlSafe(lock))
            .execute(&mut holder)
            .await
            .expect("the lock");
        Self { holder }
    }

    /// Gives the table free.
    pub(super) async fn release(mut self) {
        sqlx::raw_sql("COMMIT")
            .execute(&mut self.holder)
            .await
            .expect("the end of the lock");
        self.holder.close().await.expect("the end of the session");
    }
}
