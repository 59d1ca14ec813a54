//! Mail: messages with their bodies, attachments and threads, searched and downloaded.
//!
//! That no tenant sees another's is walked in `isolation`, with all other objects; here is what mail has of its own.

mod downloads;
mod messages;
mod search;
mod statements;

use gateway_tests::{Client, World};
use migrations::Tier;
use serde_json::Value;
use sqlx::AssertSqlSafe;

/// A demo world, and the owner of `acme`.
async fn demo() -> (World, Client) {
    let world = World::demo().await;
    let owner = world.owner("acme");
    (world, owner)
}

/// Statements of the superuser in the content tier.
async fn run(world: &World, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(world.admin_of(Tier::Content))
        .await;
    done.unwrap_or_else(|error| panic!("{error} in: {sql}"));
}

/// The only value of a statement of the superuser in the content tier.
async fn one<T>(world: &World, sql: &str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    let value = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(world.admin_of(Tier::Content))
        .await;
    value.unwrap_or_else(|error| panic!("{error} in: {sql}"))
}

/// What stands under `name` in each of a list's items.
fn each<'v>(items: &'v Value, name: &str) -> Vec<&'v Value> {
    let items = items
        .as_array()
        .unwrap_or_else(|| panic!("no list: {items}"));
    items.iter().map(|item| &item[name]).collect()
}
