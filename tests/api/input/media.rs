//! Methods and media types: GraphQL over HTTP.

use gateway_tests::{Answer, Client, World};
use reqwest::{Method, Url, header};
use serde_json::{Value, json};

use super::refused;

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";

#[tokio::test]
async fn the_status_follows_from_the_media_type() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let partly = r#"{ leads { totalCount } lead(id: "nothing") { id } }"#;
    let nothing = r#"{ leads(first: -1) { totalCount } }"#;
    for (accept, query, status) in [
        (OLD, "{ leads { totalCount } }", 200),
        (NEW, "{ leads { totalCount } }", 200),
        // Refused before it was executed.
        (OLD, "{ leads {", 200),
        (NEW, "{ leads {", 400),
        (OLD, "{ what }", 200),
        (NEW, "{ what }", 400),
        (OLD, "query($id: ID!) { lead(id: $id) { id } }", 200),
        (NEW, "query($id: ID!) { lead(id: $id) { id } }", 400),
        (OLD, "query A { __typename } query B { __typename }", 200),
        (NEW, "query A { __typename } query B { __typename }", 400),
        // Executed, with an error in a field.
        (OLD, partly, 200),
        (NEW, partly, 200),
        (OLD, nothing, 200),
        (NEW, nothing, 200),
    ] {
        let answer = accepting(&client, accept, query).await;
        assert_eq!(answer.status, status, "{accept} {query}: {}", answer.body);
        assert_eq!(content_type(&answer), format!("{accept}; charset=utf-8"));
        // `data` is there once it was executed, and only then.
        let executed = query == partly || query == nothing || query == "{ leads { totalCount } }";
        assert_eq!(
            answer
                .body
                .as_object()
                .is_some_and(|body| body.contains_key("data")),
            executed,
            "{query}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn what_the_client_accepts() {
    let world = World::demo().await;
    let client = world.owner("acme");
    for (accept, answered) in [
        ("*/*", OLD),
        ("application/*", OLD),
        ("application/json", OLD),
        (
            "application/graphql-response+json, application/json;q=0.9",
            NEW,
        ),
        ("text/html, application/graphql-response+json;q=0.1", NEW),
        ("APPLICATION/JSON; charset=utf-8", OLD),
    ] {
        let answer = accepting(&client, accept, "{ __typename }").await;
        assert_eq!(
            (answer.status, content_type(&answer)),
            (200, format!("{answered}; charset=utf-8")),
            "{accept}"
        );
    }
    for accept in [
        "text/html",
        "image/*",
        "application/json;q=0",
        "application/xml",
    ] {
        refused(
            &accepting(&client, accept, "{ __typename }").await,
            406,
            "NOT_ACCEPTABLE",
        );
    }
}

#[tokio::test]
async fn a_post_must_be_json() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let body = r#"{"query": "{ __typename }"}"#;
    let post = async |kind: Option<&str>| {
        let request = client.request(Method::POST, "/graphql").body(body);
        client
            .send(match kind {
                Some(kind) => request.header(header::CONTENT_TYPE, kind),
                None => request,
            })
            .await
    };
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
    ] {
        assert_eq!(
            post(Some(kind)).await.data(),
            json!({ "__typename": "Query" }),
            "{kind}"
        );
    }
    let others = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
        "",
    ];
    for kind in others.map(Some).into_iter().chain([None]) {
        refused(&post(kind).await, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn get_reads() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let get = async |parameters: &[(&str, &str)]| {
        let url = Url::parse_with_params("http://gateway/graphql", parameters).expect("a URL");
        let path = format!("/graphql?{}", url.query().unwrap_or_default());
        client.send(client.request(Method::GET, &path)).await
    };
    let two =
        "query A { __typename } query B($n: Int) { leads(first: $n) { nodes { __typename } } }";
    let answer = get(&[
        ("query", two),
        ("operationName", "B"),
        ("variables", r#"{"n": 1}"#),
    ])
    .await;
    assert_eq!(
        answer.data(),
        json!({ "leads": { "nodes": [{ "__typename": "Lead" }] } })
    );
    assert_eq!(
        get(&[
            ("query", "{ __typename }"),
            ("variables", ""),
            ("operationName", "")
        ])
        .await
        .status,
        200
    );
    refused(&get(&[]).await, 400, "BAD_REQUEST");
    refused(&get(&[("query", "")]).await, 400, "BAD_REQUEST");
    refused(
        &get(&[("query", "{ __typename }"), ("variables", "{")]).await,
        400,
        "BAD_REQUEST",
    );
    refused(
        &get(&[("query", "{ __typename }"), ("variables", "[]")]).await,
        400,
        "BAD_REQUEST",
    );
    let before = client.data("{ userPreferences { timezone } }").await;
    let change = "mutation { updateUserPreferences(input: {timezone: \"Asia/Tokyo\"}) { userPreferences { timezone } } }";
    let named = format!("query Q {{ __typename }} {change}").replace("mutation", "mutation M");
    for answer in [
        get(&[("query", change)]).await,
        get(&[("query", &named), ("operationName", "M")]).await,
    ] {
        refused(&answer, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.headers["allow"], "POST");
    }
    assert_eq!(
        client.data("{ userPreferences { timezone } }").await,
        before
    );
}

#[tokio::test]
async fn other_methods() {
    let world = World::demo().await;
    let client = world.owner("acme");
    // PUT reserves an event stream: `live::streams`.
    for method in [Method::DELETE, Method::PATCH] {
        let answer = client
            .send(
                client
                    .request(method, "/graphql")
                    .json(&json!({ "query": "{ __typename }" })),
            )
            .await;
        refused(&answer, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(answer.headers["allow"], "GET, POST");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_a_time() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let mut ids = std::collections::BTreeSet::new();
    for answer in [
        client.query("{ leads { totalCount } }").await,
        client.query("{").await,
        world.anonymous().query("{ __typename }").await,
        client.send(client.request(Method::PUT, "/graphql")).await,
        client
            .send(client.request(Method::POST, "/graphql").body("x"))
            .await,
    ] {
        let id = answer.headers["x-request-id"]
            .to_str()
            .expect("ASCII")
            .to_owned();
        assert!(id.len() == 32 && ids.insert(id), "{:?}", answer.headers);
        let timing = answer.headers["server-timing"].to_str().expect("ASCII");
        assert!(
            timing.starts_with("total;dur=") && timing.contains("sql;desc=\"statements="),
            "{timing}"
        );
    }
}

async fn accepting(client: &Client, accept: &str, query: &str) -> Answer {
    let request = client
        .request(Method::POST, "/graphql")
        .header(header::ACCEPT, accept);
    client
        .send(request.json(&json!({ "query": query, "variables": Value::Null })))
        .await
}

fn content_type(answer: &Answer) -> String {
    answer.headers["content-type"]
        .to_str()
        .expect("ASCII")
        .to_owned()
}
