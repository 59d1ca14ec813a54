//! `graphql-sse`: a stream for each operation, and one for all.

use gateway_tests::{Answer, Client, EventStream, World};
use reqwest::Method;
use serde_json::{Value, json};

use super::{CAMPAIGNS, create, rename, told};

const TOKEN: &str = "x-graphql-event-stream-token";

/// The events of a stream that ends.
async fn all(mut stream: EventStream) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    events
}

#[tokio::test]
async fn a_query_is_one_event_and_the_end() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let query = "{ tenants { nodes { name } } }";
    let answer = json!({ "data": { "tenants": { "nodes": [{ "name": "acme" }] } } });
    let expected = [
        ("next".to_owned(), answer),
        ("complete".to_owned(), Value::Null),
    ];
    assert_eq!(
        all(EventStream::subscribe(&owner, query).await).await,
        expected
    );
    let get = owner.request(Method::GET, &format!("/graphql?query={query}"));
    assert_eq!(all(EventStream::open(get).await).await, expected);
}

/// A browser's EventSource would say nothing of a status.
#[tokio::test]
async fn what_is_wrong_with_an_operation_is_an_event() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    for query in [
        "{ nothing }",
        "subscription { campaigns {",
        "subscription { campaigns { nothing } }",
    ] {
        let events = all(EventStream::subscribe(&owner, query).await).await;
        let [(next, answer), (complete, _)] = &events[..] else {
            panic!("{query}: {events:?}");
        };
        assert_eq!((next.as_str(), complete.as_str()), ("next", "complete"));
        assert!(
            answer["errors"][0]["message"].is_string() && answer.get("data").is_none(),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_its_status() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let stream = |client: &Client, method: Method| {
        client
            .request(method, "/graphql")
            .header("accept", "text/event-stream")
    };
    let body = json!({ "query": CAMPAIGNS });
    let anonymous = world.anonymous();
    let answer = anonymous
        .send(stream(&anonymous, Method::POST).json(&body))
        .await;
    assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
    let answer = owner.send(stream(&owner, Method::POST).body("{}")).await;
    assert_eq!(
        (answer.status, answer.code()),
        (415, "UNSUPPORTED_MEDIA_TYPE")
    );
    let mutation = "mutation { createCampaign(input: {name: \"No\"}) { campaign { id } } }";
    let path = format!("/graphql?query={mutation}");
    let request = owner.request(Method::GET, &path);
    let answer = owner
        .send(request.header("accept", "text/event-stream"))
        .await;
    assert_eq!((answer.status, answer.code()), (405, "METHOD_NOT_ALLOWED"));
}

#[tokio::test]
async fn who_takes_only_json_is_told_where_subscriptions_are() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let answer = owner.query(CAMPAIGNS).await;
    assert_eq!((answer.status, answer.code()), (406, "NOT_ACCEPTABLE"));
    // Who takes both gets each in its form.
    let both = |query: &str| {
        let request = owner.request(Method::POST, "/graphql");
        let request = request.header("accept", "application/json, text/event-stream;q=0.5");
        request.json(&json!({ "query": query }))
    };
    let answer = owner.send(both("{ tenants { totalCount } }")).await;
    assert_eq!(answer.data()["tenants"]["totalCount"], 1);
    let response = both(CAMPAIGNS).send().await.expect("an answer");
    let kind = response.headers()["content-type"].to_str().expect("text");
    assert_eq!(kind, "text/event-stream; charset=utf-8");
}

/// A stream that is gathered to be compressed comes late.
#[tokio::test]
async fn streams_are_not_compressed_and_not_kept() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let request = owner.request(Method::POST, "/graphql");
    let request = request
        .header("accept", "text/event-stream")
        .header("accept-encoding", "gzip, br, zstd");
    let response = request
        .json(&json!({ "query": CAMPAIGNS }))
        .send()
        .await
        .expect("an answer");
    assert!(response.headers().get("content-encoding").is_none());
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert!(response.headers().contains_key("x-request-id"));
}

/// A reservation; its token.
async fn reserve(client: &Client) -> String {
    let response = client
        .request(Method::PUT, "/graphql")
        .send()
        .await
        .expect("an answer");
    assert_eq!(response.status().as_u16(), 201);
    response.text().await.expect("a token")
}

async fn open(client: &Client, token: &str) -> EventStream {
    EventStream::open(client.request(Method::GET, "/graphql").header(TOKEN, token)).await
}

async fn send(client: &Client, token: &str, id: &str, query: &str) -> Answer {
    let request = client
        .request(Method::POST, "/graphql")
        .header(TOKEN, token);
    let body = json!({ "query": query, "extensions": { "operationId": id } });
    client.send(request.json(&body)).await
}

async fn stop(client: &Client, token: &str, id: &str) -> u16 {
    let path = format!("/graphql?operationId={id}");
    client
        .send(client.request(Method::DELETE, &path).header(TOKEN, token))
        .await
        .status
}

fn next(id: &str, data: Value) -> Option<(String, Value)> {
    Some((
        "next".to_owned(),
        json!({ "id": id, "payload": { "data": data } }),
    ))
}

fn complete(id: &str) -> Option<(String, Value)> {
    Some(("complete".to_owned(), json!({ "id": id })))
}

#[tokio::test]
async fn one_stream_has_the_answers_of_many_operations() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let token = reserve(&owner).await;
    let mut stream = open(&owner, &token).await;
    for id in ["a", "b"] {
        assert_eq!(send(&owner, &token, id, CAMPAIGNS).await.status, 202);
    }
    assert_eq!(
        send(&owner, &token, "q", "{ tenants { totalCount } }")
            .await
            .status,
        202
    );
    assert_eq!(
        stream.next().await,
        next("q", json!({ "tenants": { "totalCount": 1 } }))
    );
    assert_eq!(stream.next().await, complete("q"));
    assert_eq!(stop(&owner, &token, "a").await, 200);
    assert_eq!(stream.next().await, complete("a"));
    let id = create(&owner, "Told to b").await;
    assert_eq!(
        stream.next().await,
        next("b", told("CREATED", &id, Some("Told to b")))
    );
}

/// What is not executed is answered as without a stream, and says nothing on it.
#[tokio::test]
async fn what_is_wrong_is_answered_to_who_sent_it() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let token = reserve(&owner).await;
    let mut stream = open(&owner, &token).await;
    for query in [
        "{ nothing }",
        "subscription { campaigns {",
        "subscription { campaigns { nothing } }",
    ] {
        let answer = send(&owner, &token, "x", query).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.body);
        assert!(answer.code().starts_with("GRAPHQL_"), "{}", answer.body);
    }
    let request = owner
        .request(Method::POST, "/graphql")
        .header(TOKEN, &token);
    let answer = owner
        .send(request.json(&json!({ "query": CAMPAIGNS })))
        .await;
    assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"));
    let request = owner
        .request(Method::DELETE, "/graphql")
        .header(TOKEN, &token);
    assert_eq!(owner.send(request).await.status, 400);
    assert_eq!(send(&owner, &token, "x", CAMPAIGNS).await.status, 202);
    let answer = send(&owner, &token, "x", CAMPAIGNS).await;
    assert_eq!((answer.status, answer.code()), (409, "ALREADY_EXISTS"));
    let id = create(&owner, "First on it").await;
    assert_eq!(
        stream.next().await,
        next("x", told("CREATED", &id, Some("First on it")))
    );
}

#[tokio::test]
async fn a_stream_is_for_whoever_reserved_it() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let token = reserve(&owner).await;
    for other in [world.owner("globex"), world.user("acme", "admin@acme.test")] {
        let get = other.request(Method::GET, "/graphql").header(TOKEN, &token);
        let get = get.header("accept", "text/event-stream").send().await;
        // Its body is not waited for: that of a stream that was opened has no end.
        assert_eq!(get.expect("an answer").status().as_u16(), 404);
        let answer = send(&other, &token, "1", CAMPAIGNS).await;
        assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
    }
    let anonymous = world.anonymous();
    assert_eq!(send(&anonymous, &token, "1", CAMPAIGNS).await.status, 401);
    assert_eq!(send(&owner, "unknown", "1", CAMPAIGNS).await.status, 404);
    // A browser's EventSource sends no header: the token in the URL opens the stream, once.
    let path = format!("/graphql?token={token}");
    let mut stream = EventStream::open(anonymous.request(Method::GET, &path)).await;
    let answer = owner.send(owner.request(Method::GET, &path)).await;
    assert_eq!((answer.status, answer.code()), (409, "ALREADY_EXISTS"));
    let id = create(&owner, "Before").await;
    assert_eq!(send(&owner, &token, "1", CAMPAIGNS).await.status, 202);
    rename(&owner, &id, "After").await;
    assert_eq!(
        stream.next().await,
        next("1", told("UPDATED", &id, Some("After")))
    );
    drop(stream);
    // Its operations end with it; the connection's end is seen in a moment.
    while send(&owner, &token, "2", "{ tenants { totalCount } }")
        .await
        .status
        != 404
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
