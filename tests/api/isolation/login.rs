//! Connections past the gateway, which tell how statements end.

use gateway_tests::{World, beside, cluster};
use migrations::Tier;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

use super::twins::{Twins, one};

/// The SQLSTATE of want of a right, and of a row that a policy does not let in (PostgreSQL, appendix A).
pub const NOT_PERMITTED: &str = "42501";
/// That of a reference to a row that is not there.
pub const NO_SUCH_KEY: &str = "23503";
/// That of a setting that was never made.
pub const NO_SUCH_SETTING: &str = "42704";
/// That of text that is no UUID.
pub const NO_UUID: &str = "22P02";

/// A connection, and what each of its transactions begins with.
pub struct Session {
    /// The connection.
    pub connection: PgConnection,
    /// `SET LOCAL …`, or nothing.
    pub settings: String,
}

impl Session {
    /// The login role, on behalf of a tenant's owner.
    pub async fn of(twins: &Twins, tenant: Uuid) -> Self {
        Self::with_roles(&twins.world, tenant, "owner").await
    }

    /// The same, as if the owner had these roles instead, joined by commas.
    pub async fn with_roles(world: &World, tenant: Uuid, roles: &str) -> Self {
        let user = one::<Uuid>(world, &format!("SELECT user_id FROM tenant_users WHERE tenant_id = '{tenant}' AND 'owner' = ANY (roles)")).await;
        let settings = format!(
            "SET LOCAL app.current_tenant_id = '{tenant}'; SET LOCAL app.current_user_id = '{user}'; \
             SET LOCAL app.current_roles = '{roles}'"
        );
        Self {
            settings,
            ..Self::bare(world).await
        }
    }

    /// The login role without settings.
    pub async fn bare(world: &World) -> Self {
        Self::connect(cluster().await.server.url("gateway_login", &world.database)).await
    }

    /// The same session in the database of a tier.
    pub async fn there(&self, world: &World, tier: Tier) -> Self {
        let name = beside(&world.database, tier);
        Self {
            settings: self.settings.clone(),
            ..Self::connect(cluster().await.server.url("gateway_login", &name)).await
        }
    }

    /// The superuser, whom no policy binds, in a tier.
    pub async fn superuser(world: &World, tier: Tier) -> Self {
        let name = beside(&world.database, tier);
        Self::connect(cluster().await.server.superuser_url(&name)).await
    }

    async fn connect(url: String) -> Self {
        let connection = PgConnection::connect(&url).await.expect("a connection");
        Self {
            connection,
            settings: String::new(),
        }
    }

    /// Runs a statement in a transaction that is rolled back; the rows it was about, or its SQLSTATE and
    /// message.
    pub async fn attempt(&mut self, sql: &str) -> Result<u64, (String, String)> {
        let begin = format!("BEGIN; {}", self.settings);
        self.connection
            .execute(sqlx::raw_sql(AssertSqlSafe(begin)))
            .await
            .expect("a transaction");
        let result = self
            .connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
            .await;
        self.connection
            .execute("ROLLBACK")
            .await
            .expect("the end of it");
        result.map(|done| done.rows_affected()).map_err(|error| {
            let error = error
                .into_database_error()
                .unwrap_or_else(|| panic!("the connection broke at: {sql}"));
            (
                error.code().unwrap_or_default().into_owned(),
                error.message().to_owned(),
            )
        })
    }

    /// The statement fails with a SQLSTATE.
    pub async fn assert_refused(&mut self, code: &str, sql: &str) {
        let result = self.attempt(sql).await;
        assert!(
            matches!(&result, Err((found, _)) if found == code),
            "{code} expected, not {result:?}, of: {sql}"
        );
    }
}
