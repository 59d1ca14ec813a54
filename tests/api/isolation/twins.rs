//! Two tenants that differ in nothing but their keys.

use std::sync::LazyLock;

use gateway::settings::Settings;
use gateway_tests::{Client, Options, World};
use migrations::Tier;
use sqlx::AssertSqlSafe;
use tokio::{runtime::Runtime, sync::OnceCell};
use uuid::Uuid;

use super::{
    catalog::{Catalog, Table},
    copy::twin_of,
    ids::Keys,
};

/// Ends text that is unique across tenants, on B's side.
pub const SUFFIX: &str = ".twin";
/// Tables without a tenant that hold people's rows: table, and the column that names the user.
pub const PEOPLE: [(&str, &str); 2] = [("users", "id"), ("user_preferences", "user_id")];

/// Runs a test that changes nothing, on twins that all such tests share.
///
/// Their connections live in a runtime that outlives each test's.
pub fn on_twins(test: impl AsyncFnOnce(&'static Twins)) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads"));
    static TWINS: OnceCell<Twins> = OnceCell::const_new();
    RUNTIME.block_on(async { test(TWINS.get_or_init(Twins::new).await).await });
}

/// A world with the twins.
pub struct Twins {
    /// The demo, and B.
    pub world: World,
    /// Its database's tables.
    pub catalog: Catalog,
    /// The tenant that asks, `acme`.
    pub a: Uuid,
    /// Its twin.
    pub b: Uuid,
    /// The keys of A's rows.
    pub own: Keys,
    /// The keys of B's rows.
    pub foreign: Keys,
}

impl Twins {
    /// The demo with a twin of `acme`.
    pub async fn new() -> Self {
        // All that an object leads to, three relations on, is a long document.
        let settings = Settings {
            max_tokens: Some(50_000),
            max_fields: Some(50_000),
            max_cost: Some(u64::MAX),
            ..Settings::default()
        };
        let options = Options {
            settings,
            ..Options::default()
        };
        Self::of(World::demo_with(options).await).await
    }

    /// A demo world that somebody has changed, with a twin of its `acme`.
    pub async fn of(world: World) -> Self {
        let catalog = Catalog::read(&world).await;
        let acme = world
            .demo
            .as_ref()
            .and_then(|demo| demo.tenants.iter().find(|tenant| tenant.name == "acme"));
        let a = acme.expect("the demo has acme").id;
        let b: Uuid = one(
            &world,
            &format!(
                "SELECT {}",
                twin_of("uuid", &format!("'{a}'::uuid")).expect("a uuid")
            ),
        )
        .await;
        let mut twins = Self {
            world,
            catalog,
            a,
            b,
            own: Keys::default(),
            foreign: Keys::default(),
        };
        twins.copy().await;
        twins.own = keys_of(&twins.world, &twins.catalog, a).await;
        twins.foreign = keys_of(&twins.world, &twins.catalog, b).await;
        twins.hold_a_plan_of_ones_own().await;
        twins
    }

    /// A client of A's owner.
    pub fn owner(&self) -> Client {
        self.world.owner("acme")
    }

    /// A client of B's owner.
    pub async fn twin_owner(&self) -> Client {
        let sql = format!(
            "SELECT user_id FROM tenant_users WHERE tenant_id = '{}' AND 'owner' = ANY (roles)",
            self.b
        );
        self.world.client(self.b, one(&self.world, &sql).await)
    }

    /// B holds a plan that is not sold and that nobody else holds: a shared table's row that is B's alone.
    async fn hold_a_plan_of_ones_own(&mut self) {
        let plan = Uuid::now_v7();
        let sql = format!(
            "WITH plan AS (
                INSERT INTO plans (id, name, slug, price_monthly, price_yearly, is_active)
                VALUES ('{plan}', 'Starter', 'starter{SUFFIX}', 1, 2, false) RETURNING id
            )
            UPDATE subscriptions SET pending_plan_id = plan.id FROM plan WHERE tenant_id = '{}'",
            self.b
        );
        sqlx::query(AssertSqlSafe(sql))
            .execute(self.world.admin())
            .await
            .expect("a plan");
        self.foreign.extend([plan.to_string()]);
    }
}

/// SQL that is true of a tenant's rows of a table; `None` for a table that holds none.
pub fn rows_of(table: &Table, tenant: Uuid) -> Option<String> {
    if let Some((_, column)) = PEOPLE.iter().find(|(name, _)| *name == table.name) {
        return Some(format!(
            "{column} IN (SELECT user_id FROM tenant_users WHERE tenant_id = '{tenant}')"
        ));
    }
    if table.name == "tenants" {
        return Some(format!("id = '{tenant}'"));
    }
    table
        .column("tenant_id")
        .map(|_| format!("tenant_id = '{tenant}'"))
}

/// The keys of a tenant's rows, of all tables.
pub async fn keys_of(world: &World, catalog: &Catalog, tenant: Uuid) -> Keys {
    let mut keys = Keys::default();
    for table in &catalog.tables {
        let (Some(rows), Some("uuid" | "int8")) =
            (rows_of(table, tenant), table.column(table.key()))
        else {
            continue;
        };
        keys.extend(
            texts_in(
                world,
                table.tier,
                &format!(
                    "SELECT {}::text FROM {} WHERE {rows}",
                    table.key(),
                    table.name
                ),
            )
            .await,
        );
    }
    keys
}

/// The only value of a statement, as the superuser, in the transactional tier.
pub async fn one<T>(world: &World, sql: &str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    one_in(world, Tier::Oltp, sql).await
}

/// The same in a tier.
pub async fn one_in<T>(world: &World, tier: Tier, sql: &str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    let value = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(world.admin_of(tier))
        .await;
    value.unwrap_or_else(|error| panic!("{error} in: {sql}"))
}

/// The texts of a statement, as the superuser, in the transactional tier.
pub async fn texts(world: &World, sql: &str) -> Vec<String> {
    texts_in(world, Tier::Oltp, sql).await
}

/// The same in a tier.
pub async fn texts_in(world: &World, tier: Tier, sql: &str) -> Vec<String> {
    let values = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_all(world.admin_of(tier))
        .await;
    values.unwrap_or_else(|error| panic!("{error} in: {sql}"))
}
