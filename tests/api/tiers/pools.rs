//! No two requests wait for each other's connections.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::{Options, World};
use tenant::{Access, Tier};
use tokio::time::timeout;

use super::{database, owner, text};

const REQUESTS: usize = 40;
/// Long enough for the slowest machine; what waits for each other waits for ever.
const LONG: Duration = Duration::from_secs(60);

const ORDERS: [[Tier; 3]; 6] = [
    [Tier::Oltp, Tier::Content, Tier::Queue],
    [Tier::Oltp, Tier::Queue, Tier::Content],
    [Tier::Content, Tier::Oltp, Tier::Queue],
    [Tier::Content, Tier::Queue, Tier::Oltp],
    [Tier::Queue, Tier::Oltp, Tier::Content],
    [Tier::Queue, Tier::Content, Tier::Oltp],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_requests_in_every_order_of_tiers_share_one_connection_of_each() {
    for connections in [1, 2] {
        let world = World::demo().await;
        let database = database(&world, connections).await;
        let requests = (0..REQUESTS).map(|number| {
            let (database, identity) = (database.clone(), owner(&world));
            tokio::spawn(async move {
                let context = database.context(identity, Access::Read);
                for tier in ORDERS[number % ORDERS.len()] {
                    text(&context, tier, "SELECT current_database()::text").await?;
                    tokio::task::yield_now().await;
                }
                context.finish(false).await
            })
        });
        let answers = timeout(LONG, join_all(requests)).await;
        for answer in answers.expect("two requests wait for each other") {
            answer.expect("no panic").expect("all tiers answer");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_operations_over_http_share_one_connection_of_each_tier() {
    let world = World::demo_with(Options {
        max_connections: Some(1),
        acquire_timeout: Some(LONG),
        ..Options::default()
    })
    .await;
    let documents = [
        "{ leads(first: 1) { totalCount } jobs(first: 1) { totalCount } }",
        "{ jobs(first: 1) { totalCount } leads(first: 1) { totalCount } }",
        "{ jobQueues { name jobsByStatus { count } } viewer { tenant { name } } }",
        "mutation { replayJobs(input: {filter: {queueName: {eq: \"none\"}}, atMost: 1}) { count } }",
        "mutation { createTag(input: {name: \"TAG\", value: \"TAG\"}) { tag { id } } }",
    ];
    let owner = world.owner("acme");
    let answers = (0..REQUESTS).map(|number| {
        let document = documents[number % documents.len()].replace("TAG", &format!("t{number}"));
        let owner = &owner;
        async move { owner.data(&document).await }
    });
    let answers = timeout(LONG, join_all(answers)).await;
    assert_eq!(answers.expect("answers").len(), REQUESTS);
}
