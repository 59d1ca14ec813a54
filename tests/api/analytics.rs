//! What became of mail, by day: numbers, rates, periods, and what stands out.
//!
//! That no tenant sees another's is walked in `isolation`, with all other objects; here is what analytics have of their own.

mod downloads;
mod groups;
mod numbers;
mod rankings;
mod refusals;
mod series;
mod statements;
mod turns;

use gateway_tests::{Client, World};
use migrations::Tier;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A demo world whose analytics tier is empty, and the owner of `acme`.
async fn demo() -> (World, Client) {
    let world = World::demo().await;
    run(
        &world,
        "TRUNCATE campaign_analytics, mailbox_analytics, sequence_step_analytics, lead_analytics, warmup_analytics,
            billing_analytics, rollups",
    )
    .await;
    let owner = world.owner("acme");
    (world, owner)
}

/// Statements of the superuser in the analytics tier.
async fn run(world: &World, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(world.admin_of(Tier::Analytics))
        .await;
    done.unwrap_or_else(|error| panic!("{error} in: {sql}"));
}

fn tenant(world: &World, name: &str) -> Uuid {
    let demo = world.demo.as_ref().expect("a demo world");
    let found = demo.tenants.iter().find(|tenant| tenant.name == name);
    found.expect("a demo tenant").id
}

/// Keys of a tenant's rows of a table of the transactional tier, in their order.
async fn keys(world: &World, tenant: Uuid, table: &str) -> Vec<Uuid> {
    let sql = format!("SELECT id FROM {table} WHERE tenant_id = '{tenant}' ORDER BY id");
    let keys = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(world.admin())
        .await;
    keys.expect("keys")
}

/// The key of the row that a list of the table begins with.
async fn newest(world: &World, tenant: Uuid, table: &str) -> Uuid {
    let sql = format!(
        "SELECT id FROM {table} WHERE tenant_id = '{tenant}' ORDER BY created DESC, id DESC LIMIT 1"
    );
    let key = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(world.admin())
        .await;
    key.expect("a row")
}

/// A day of a table: whose it is, and how many went out, were opened, were answered, came back.
async fn day(
    world: &World,
    (table, column): (&str, &str),
    (tenant, key): (Uuid, Uuid),
    day: &str,
    [sent, opened, replied, bounced]: [i64; 4],
) {
    // A step's campaign is not looked at here.
    let (more, campaign) = match table {
        "sequence_step_analytics" => (", campaign_id", format!(", '{key}'")),
        _ => ("", String::new()),
    };
    run(
        world,
        &format!(
            "INSERT INTO {table} (tenant_id, {column}, day, sent, delivered, opened_tracked, replied, bounced{more})
            VALUES ('{tenant}', '{key}', '{day}', {sent}, {sent} - {bounced}, {opened}, {replied}, {bounced}{campaign})"
        ),
    )
    .await;
}

const CAMPAIGNS: (&str, &str) = ("campaign_analytics", "campaign_id");
const MAILBOXES: (&str, &str) = ("mailbox_analytics", "email_account_id");

/// How far a tenant's numbers go.
async fn counted(world: &World, tenant: Uuid, time_zone: &str, until: &str, complete: bool) {
    run(
        world,
        &format!(
            "INSERT INTO rollups (tenant_id, source, time_zone, counted_until, is_complete)
            VALUES ('{tenant}', 'test', '{time_zone}', '{until}', {complete})"
        ),
    )
    .await;
}

/// What stands under `name` in each of a list's items.
fn each<'v>(items: &'v Value, name: &str) -> Vec<&'v Value> {
    let items = items
        .as_array()
        .unwrap_or_else(|| panic!("no list: {items}"));
    items.iter().map(|item| &item[name]).collect()
}
