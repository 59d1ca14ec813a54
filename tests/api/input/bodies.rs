//! Requests whose body is not a GraphQL request.

use std::time::Duration;

use entity::id::UserId;
use gateway::auth::Claims;
use gateway_tests::World;
use reqwest::{Method, header};
use serde_json::json;
use tenant::Identity;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{line, refused};

#[tokio::test]
async fn a_body_that_is_no_request() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let mut lines = String::new();
    for (name, body) in [
        ("no JSON", "{ leads }"),
        ("half of it", r#"{"query": "{ __typename }"#),
        ("nothing", ""),
        ("no object", "\"{ __typename }\""),
        ("null", "null"),
        ("a number", "1"),
        ("no query", "{}"),
        ("an empty query", r#"{"query": ""}"#),
        ("a blank query", r#"{"query": " \n "}"#),
        ("null for a query", r#"{"query": null}"#),
        ("a number for a query", r#"{"query": 1}"#),
        (
            "a list for variables",
            r#"{"query": "{ __typename }", "variables": []}"#,
        ),
        (
            "a text for variables",
            r#"{"query": "{ __typename }", "variables": "{}"}"#,
        ),
        (
            "a number for a name",
            r#"{"query": "{ __typename }", "operationName": 1}"#,
        ),
        ("a lone surrogate", r#"{"query": "\ud800"}"#),
        ("a batch", r#"[{"query": "{ __typename }"}]"#),
        ("an empty batch", "[]"),
    ] {
        let request = client
            .request(Method::POST, "/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        let answer = client.send(request).await;
        assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        lines += &line(name, &answer);
    }
    insta::assert_snapshot!(lines, @r#"
    no JSON: 400 BAD_REQUEST the request is not valid: the body is not JSON: key must be a string at line 1 column 3
    half of it: 400 BAD_REQUEST the request is not valid: the body is not JSON: EOF while parsing a string at line 1 column 25
    nothing: 400 BAD_REQUEST the request is not valid: the body is not JSON: EOF while parsing a value at line 1 column 0
    no object: 400 BAD_REQUEST the request is not valid: the body must be a JSON object
    null: 400 BAD_REQUEST the request is not valid: the body must be a JSON object
    a number: 400 BAD_REQUEST the request is not valid: the body must be a JSON object
    no query: 400 BAD_REQUEST the request is not valid: there is no `query` in it
    an empty query: 400 BAD_REQUEST the request is not valid: there is no `query` in it
    a blank query: 400 BAD_REQUEST the request is not valid: there is no `query` in it
    null for a query: 400 BAD_REQUEST the request is not valid: there is no `query` in it
    a number for a query: 400 BAD_REQUEST the request is not valid: `query` must be a string
    a list for variables: 400 BAD_REQUEST the request is not valid: `variables` must be an object
    a text for variables: 400 BAD_REQUEST the request is not valid: `variables` must be an object
    a number for a name: 400 BAD_REQUEST the request is not valid: `operationName` must be a string
    a lone surrogate: 400 BAD_REQUEST the request is not valid: the body is not JSON: unexpected end of hex escape at line 1 column 18
    a batch: 400 BAD_REQUEST the request is not valid: batches are off here; send one operation a request, or ask the operator to set GATEWAY_MAX_BATCH
    an empty batch: 400 BAD_REQUEST the request is not valid: batches are off here; send one operation a request, or ask the operator to set GATEWAY_MAX_BATCH
    "#);
    let request = client
        .request(Method::POST, "/graphql")
        .header(header::CONTENT_TYPE, "application/json");
    refused(
        &client
            .send(request.body(vec![b'"', 0xff, 0xfe, b'"']))
            .await,
        400,
        "BAD_REQUEST",
    );
}

/// Variables and extensions may be null or absent, and what is unknown is passed over.
#[tokio::test]
async fn a_body_may_say_more_or_less() {
    let world = World::demo().await;
    let client = world.owner("acme");
    for body in [
        json!({ "query": "{ __typename }" }),
        json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": null }),
        json!({ "query": "{ __typename }", "variables": { "unused": 1 }, "extensions": {}, "id": 7 }),
    ] {
        let answer = client
            .send(client.request(Method::POST, "/graphql").json(&body))
            .await;
        assert_eq!(answer.data(), json!({ "__typename": "Query" }));
    }
}

#[tokio::test]
async fn a_body_of_five_megabytes() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let text = "x".repeat(5 << 20);
    let answer = client
        .query_with(query, json!({ "f": { "name": { "eq": text } } }))
        .await;
    refused(&answer, 413, "PAYLOAD_TOO_LARGE");
    // What fits is read.
    let text = "x".repeat(3_900 << 10);
    assert_eq!(
        client
            .data_with(query, json!({ "f": { "name": { "eq": text } } }))
            .await["leads"]["totalCount"],
        0
    );
}

/// Without a length the body is counted as it comes, and no more of it is read than allowed.
#[tokio::test]
async fn an_endless_body() {
    let world = World::demo().await;
    let token = Claims::new(
        &Identity::Staff {
            user: UserId::new(),
        },
        Duration::from_secs(60),
    )
    .sign(world.key());
    let mut stream = TcpStream::connect(world.address)
        .await
        .expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("a head");
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    // Sixty-five are a little more than the limit; there is no last one.
    for _ in 0..65 {
        stream.write_all(chunk.as_bytes()).await.expect("a chunk");
    }
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
}
