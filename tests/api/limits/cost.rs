//! What an operation costs: estimated before, counted after, said to who asks.

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};

async fn ask(client: &Client, query: &str, variables: Value, extensions: Value) -> Answer {
    let body = json!({ "query": query, "variables": variables, "extensions": extensions });
    let request = client.request(Method::POST, "/graphql").json(&body);
    client.send(request).await
}

async fn cost(client: &Client, query: &str, variables: Value) -> Value {
    let answer = ask(client, query, variables, json!({ "cost": true })).await;
    answer.data();
    answer.body["extensions"]["cost"].clone()
}

#[tokio::test]
async fn the_cost_is_said_to_who_asks_and_counts_what_was_answered() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let query = "query($n: Int) { campaigns(first: $n) { totalCount nodes { id company { name } steps { nodes { id } } } } }";
    let data = owner.data_with(query, json!({ "n": 3 })).await;
    let mut rows = 0;
    for campaign in data["campaigns"]["nodes"].as_array().expect("a list") {
        let steps = campaign["steps"]["nodes"].as_array().expect("a list").len();
        rows += 1 + u64::from(campaign["company"].is_object()) + 1 + steps as u64;
    }
    let expected = json!({ "estimated": 1 + 10 + 3 * (1 + 1 + 1 + 50), "actual": 1 + 10 + rows, "limit": 1_000_000 });
    // New, validated, known: by three ways through the gateway.
    for _ in 0..3 {
        assert_eq!(cost(&owner, query, json!({ "n": 3 })).await, expected);
    }
    let none = ask(&owner, query, json!({ "n": 3 }), json!({})).await;
    assert_eq!(none.body.get("extensions"), None);
    let fixed = "{ __typename }";
    owner.data(fixed).await;
    let expected = json!({ "estimated": 0, "actual": 0, "limit": 1_000_000 });
    assert_eq!(cost(&owner, fixed, json!({})).await, expected);
}

#[tokio::test]
async fn mutations_have_a_cost_and_still_say_that_they_are_committed() {
    let world = World::demo().await;
    let query = "mutation { createTag(input: {name: \"dear\", value: \"dear\"}) { tag { id } } }";
    let answer = ask(
        &world.owner("acme"),
        query,
        json!({}),
        json!({ "cost": true }),
    )
    .await;
    let expected = json!({ "cost": { "estimated": 12, "actual": 12, "limit": 1_000_000 }, "transaction": "committed" });
    assert_eq!(answer.body["extensions"], expected, "{}", answer.body);
}

#[tokio::test]
async fn what_may_cost_too_much_is_refused_with_its_dearest_field() {
    let settings = Settings {
        max_cost: Some(100),
        ..Settings::default()
    };
    let world = World::demo_with(Options {
        settings,
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let query = "query($n: Int) { leads(first: 1) { nodes { id } } campaigns(first: $n) { nodes { steps(first: 9) { nodes { id } } } } }";
    for _ in 0..3 {
        owner.data_with(query, json!({ "n": 5 })).await;
        let answer = owner.query_with(query, json!({ "n": 50 })).await;
        assert_eq!((answer.code(), answer.statements()), ("COST_EXCEEDED", 0));
        let extensions = &answer.body["errors"][0]["extensions"];
        let expected = json!({ "code": "COST_EXCEEDED", "estimated": 2 + 1 + 50 * 11, "limit": 100, "field": "campaigns.nodes.steps.nodes" });
        assert_eq!(*extensions, expected);
    }
    insta::assert_snapshot!(owner.query_with(query, json!({ "n": 50 })).await.body["errors"][0]["message"], @r#""the operation may cost 553, 100 is the most; 450 of it is `campaigns.nodes.steps.nodes`: ask for fewer rows there (`first`), in several operations, or have GATEWAY_MAX_COST raised""#);
    // As data that is null in the old form, and with a status in the new one.
    let request = owner
        .request(Method::POST, "/graphql")
        .header("accept", "application/graphql-response+json")
        .json(&json!({ "query": "{ leads(first: 200) { nodes { id } } }" }));
    let answer = owner.send(request).await;
    assert_eq!((answer.status, answer.body.get("data")), (400, None));
}

#[tokio::test]
async fn who_asks_for_the_cost_says_yes_or_no() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let answer = ask(
        &owner,
        "{ __typename }",
        json!({}),
        json!({ "cost": "yes" }),
    )
    .await;
    assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
    let path = "/graphql?query=%7B__typename%7D&extensions=%7B%22cost%22%3Atrue%7D";
    let answer = owner.send(owner.request(Method::GET, path)).await;
    assert!(
        answer.body["extensions"]["cost"].is_object(),
        "{}",
        answer.body
    );
}
