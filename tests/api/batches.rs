//! Several operations in one request, and answers that are too large.

use std::time::Duration;

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};

const NAME: &str = "{ viewer { tenant { name } } }";

async fn world(settings: Settings) -> World {
    let options = Options {
        settings,
        ..Options::default()
    };
    World::demo_with(options).await
}

fn batches(most: usize) -> Settings {
    Settings {
        max_batch: Some(most),
        ..Settings::default()
    }
}

async fn send(client: &Client, body: &Value) -> Answer {
    let request = client.request(Method::POST, "/graphql");
    client.send(request.json(body)).await
}

#[tokio::test]
async fn a_batch_is_refused_unless_it_is_set() {
    let world = World::demo().await;
    let answer = send(&world.owner("acme"), &json!([{ "query": NAME }])).await;
    assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
    assert!(answer.body.to_string().contains("GATEWAY_MAX_BATCH"));
}

/// Each is run by itself: its own answer, its own transaction, its own mistakes.
#[tokio::test]
async fn the_operations_of_a_batch_are_answered_in_their_order() {
    let world = world(batches(4)).await;
    let owner = world.owner("acme");
    let create =
        "mutation($name: String!) { createCompany(input: { name: $name }) { company { name } } }";
    let batch = json!([
        { "query": create, "variables": { "name": "One of a batch" } },
        { "query": "{ nothing }" },
        { "query": create, "variables": { "name": "" } },
        { "query": "{ companies(filter: { name: { eq: \"One of a batch\" } }) { totalCount } }" },
    ]);
    let answer = send(&owner, &batch).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answers = answer.body.as_array().expect("a list");
    let code = |place: usize| answers[place]["errors"][0]["extensions"]["code"].clone();
    assert_eq!(answers.len(), 4);
    assert_eq!(
        answers[0]["data"]["createCompany"]["company"]["name"],
        "One of a batch"
    );
    assert_eq!(answers[0]["extensions"]["transaction"], "committed");
    assert_eq!(code(1), "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(
        (code(2), &answers[2]["extensions"]["transaction"]),
        (json!("BAD_USER_INPUT"), &json!("rolled back"))
    );
    assert_eq!(answers[3]["data"]["companies"]["totalCount"], 1);
    // One that is no batch is what it always was.
    assert_eq!(
        send(&owner, &json!({ "query": NAME })).await.data()["viewer"]["tenant"]["name"],
        "acme"
    );
}

#[tokio::test]
async fn a_batch_has_its_size_and_nobody_is_signed_in_by_it() {
    let world = world(batches(2)).await;
    let one = json!({ "query": NAME });
    for batch in [json!([]), json!([one, one, one])] {
        let answer = send(&world.owner("acme"), &batch).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_REQUEST"),
            "{batch}"
        );
    }
    let answer = send(&world.anonymous(), &json!([one, one])).await;
    assert_eq!(answer.status, 401);
    for answer in answer.body.as_array().expect("a list") {
        assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert!(answer.get("data").is_none());
    }
    let nested = send(&world.owner("acme"), &json!([[one]])).await;
    assert_eq!(
        nested.body[0]["errors"][0]["extensions"]["code"],
        "BAD_REQUEST"
    );
}

/// A stream has no end that a batch could wait for.
#[tokio::test]
async fn a_batch_is_not_streamed() {
    let world = world(batches(2)).await;
    let owner = world.owner("acme");
    let batch = json!([{ "query": "subscription { campaigns { id } }" }]);
    for (accept, status) in [
        ("text/event-stream", 400),
        ("application/json, text/event-stream", 400),
        ("application/json", 406),
    ] {
        let request = owner.request(Method::POST, "/graphql");
        let request = request.header("accept", accept).json(&batch);
        let sent = tokio::time::timeout(Duration::from_secs(20), owner.send(request));
        let answer = sent.await.expect("an answer that ends");
        assert_eq!(answer.status, status, "{accept} {}", answer.body);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_sent() {
    let world = world(Settings {
        max_response_bytes: Some(400),
        ..Settings::default()
    })
    .await;
    let owner = world.owner("acme");
    owner.data(NAME).await;
    let answer = owner
        .query("{ leads(first: 50) { nodes { id email } } }")
        .await;
    assert_eq!((answer.status, answer.code()), (422, "RESPONSE_TOO_LARGE"));
    assert!(answer.body.get("data").is_none());
    // Of what was saved nobody is to think that it was not.
    let name = "x".repeat(100);
    let mutation = format!(
        "mutation {{ createCompany(input: {{ name: \"{name}\" }}) {{ company {{ a: name b: name c: name d: name }} }} }}"
    );
    let answer = owner.query(&mutation).await;
    assert_eq!(answer.code(), "RESPONSE_TOO_LARGE");
    assert!(
        answer.body.to_string().contains("is saved"),
        "{}",
        answer.body
    );
}
