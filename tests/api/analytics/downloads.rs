//! Numbers that are taken away as CSV.

mod files;
mod links;
mod records;
mod streams;

use std::time::Duration;

use gateway_tests::{Client, World};
use migrations::Tier;
use reqwest::{Method, Response};
use serde_json::Value;
use sqlx::AssertSqlSafe;

const DAYS: &str = "from=2026-01-01&to=2026-01-31";

async fn get(client: &Client, path: &str) -> Response {
    let sent = client.request(Method::GET, path).send().await;
    sent.expect("an answer")
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = response.json().await.expect("JSON");
    let code = body["errors"][0]["extensions"]["code"].as_str();
    (status, code.unwrap_or_default().to_owned())
}

/// What is recorded, oldest first.
async fn recorded(world: &World, action: &str) -> Vec<Value> {
    let sql = format!(
        "SELECT to_jsonb(l) FROM admin_audit_log l WHERE action = '{action}' ORDER BY happened, id"
    );
    let rows = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(world.admin_of(Tier::Analytics))
        .await;
    rows.expect("entries")
}

/// Waits for what is recorded at the end of a download.
async fn ended(world: &World) -> Value {
    for _ in 0..3000 {
        if let Some(entry) = recorded(world, "analytics.downloaded").await.pop() {
            return entry;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the end of a download is not recorded");
}
