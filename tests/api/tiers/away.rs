//! One tier's database is away.

use std::time::Duration;

use embedded::Server;
use gateway_tests::{Options, World, migrated};
use migrations::Tier;
use serde_json::json;

const DATABASE: &str = "apart_queue";
const JOBS: &str = "{ jobs(first: 1) { totalCount } }";
const LEADS: &str = "{ leads(first: 1) { nodes { __typename } } }";
const BOTH: &str = "{ leads(first: 1) { totalCount } jobs(first: 1) { totalCount } }";

#[tokio::test]
async fn what_does_not_touch_the_tier_is_answered_and_the_rest_when_it_is_back() {
    let folder = tempfile::Builder::new().prefix("gwo").tempdir();
    let folder = folder.expect("a temporary folder");
    let start = async || {
        let server = Server::start(embedded::Options::scratch(folder.path())).await;
        server.expect("PostgreSQL starts")
    };
    let server = start().await;
    migrated(&server, Tier::Queue, DATABASE).await;
    let world = World::demo_with(Options {
        queue_url: Some(server.url("gateway_login", DATABASE)),
        acquire_timeout: Some(Duration::from_millis(1500)),
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let none = json!({ "jobs": { "totalCount": 0 } });
    assert_eq!(owner.data(JOBS).await, none);
    server.stop().await.expect("an end");
    for _ in 0..3 {
        owner.data(LEADS).await;
        for query in [JOBS, BOTH] {
            let answer = owner.query(query).await;
            assert_eq!(
                (answer.status, answer.code()),
                (503, "UNAVAILABLE"),
                "{:#}",
                answer.body
            );
            assert_eq!(answer.headers["retry-after"], "1");
        }
    }
    let tag = "mutation { createTag(input: {name: \"away\", value: \"away\"}) { tag { id } } }";
    owner.data(tag).await;
    let server = start().await;
    assert_eq!(owner.data(JOBS).await, none);
    owner.data(BOTH).await;
    server.stop().await.expect("an end");
}
