//! The log of acts of high risk: what is in it, who sees it, and that nobody changes it.

mod closed;
pub mod covered;
mod origin;
mod recording;
mod written;

use gateway_tests::World;
use migrations::Tier;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

fn tenant(world: &World, name: &str) -> Uuid {
    let demo = world.demo.as_ref().expect("a demo world");
    let found = demo.tenants.iter().find(|tenant| tenant.name == name);
    found.expect("a demo tenant").id
}

/// Statements of the superuser in the analytics tier.
async fn run(world: &World, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(world.admin_of(Tier::Analytics))
        .await;
    done.unwrap_or_else(|error| panic!("{error} in: {sql}"));
}

/// The whole log, oldest first.
async fn log(world: &World) -> Vec<Value> {
    let rows =
        sqlx::query_scalar("SELECT to_jsonb(l) FROM admin_audit_log l ORDER BY happened, id")
            .fetch_all(world.admin_of(Tier::Analytics))
            .await;
    rows.expect("entries")
}
