//! Answers about the schema, which are kept.

use gateway_tests::World;
use reqwest::Method;
use serde_json::json;

use super::{ask, beside, client};

const SCHEMA: &str = "{ __schema { queryType { name } types { name kind fields { name args { name } } } } __type(name: \"Lead\") { name } }";

#[tokio::test]
async fn the_answer_is_the_same_for_everybody_who_has_signed_in() {
    let world = World::demo().await;
    let (keeping, without) = (beside(&world, 16 << 20).await, beside(&world, 0).await);
    let (json, new) = ("application/json", "application/graphql-response+json");
    let others = [
        client(&world, &keeping),
        keeping.in_no_tenant(uuid::Uuid::now_v7()),
        keeping.staff(uuid::Uuid::now_v7()),
    ];
    for query in [
        SCHEMA,
        "{ __typename }",
        "query A { ...F } fragment F on Query { __typename }",
    ] {
        let body = json!({ "query": query });
        for accept in [json, new, json] {
            let expected = ask(&client(&world, &without), &body, accept).await;
            assert!(expected.2.starts_with(r#"{"data":{"__"#), "{}", expected.2);
            for asking in &others {
                assert_eq!(ask(asking, &body, accept).await, expected);
            }
        }
        let refused = ask(&keeping.anonymous(), &body, json).await;
        assert_eq!(
            (refused.0, refused.2.contains("UNAUTHENTICATED")),
            (401, true)
        );
    }
}

#[tokio::test]
async fn each_operation_of_a_document_has_its_own_answer() {
    let world = World::demo().await;
    let client = client(&world, &world);
    let query =
        "query A { a: __typename } query B { b: __typename } query C { leads { totalCount } }";
    for _ in 0..2 {
        for (name, key) in [("A", "a"), ("B", "b"), ("C", "leads")] {
            let body = json!({ "query": query, "operationName": name });
            let (status, _, text) = ask(&client, &body, "application/json").await;
            assert!(
                status == 200 && text.starts_with(&format!(r#"{{"data":{{"{key}":"#)),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_known_is_still_asked_as_it_has_to_be() {
    let world = World::demo().await;
    let client = client(&world, &world);
    let query = "{ __typename }";
    client.data(query).await;
    let path = "/graphql?query=%7B%20__typename%20%7D";
    let answer = client.send(client.request(Method::GET, path)).await;
    assert_eq!(answer.data(), json!({ "__typename": "Query" }));
    assert!(answer.headers.contains_key("x-request-id"));
    assert_eq!(answer.statements(), 0);
    let request = client
        .request(Method::POST, "/graphql")
        .json(&json!({ "query": query }));
    let answer = client.send(request.header("accept", "text/html")).await;
    assert_eq!(answer.status, 406);
}

#[tokio::test]
async fn a_variable_that_nobody_declared_is_still_looked_at() {
    let world = World::demo().await;
    let client = client(&world, &world);
    let query = "{ __typename a: __typename @skip(if: $no) }";
    for (variables, fields) in [(json!({}), 2), (json!({ "no": true }), 1), (json!({}), 2)] {
        let data = client.data_with(query, variables).await;
        assert_eq!(
            data.as_object().map(serde_json::Map::len),
            Some(fields),
            "{data}"
        );
    }
}
