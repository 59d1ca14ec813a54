//! Where an error is, and what becomes null because of it.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{assert_well_formed, refused};

/// The path and the code of each error.
fn errors(body: &Value) -> Vec<(Value, &str)> {
    let errors = body["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            (
                error["path"].clone(),
                error["extensions"]["code"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

/// A field that may be null becomes null; its neighbours are answered.
#[tokio::test]
async fn a_nullable_field_fails_alone() {
    let world = World::demo().await;
    let query =
        r#"{ good: leads(first: 1) { nodes { __typename } } bad: lead(id: "nothing") { id } }"#;
    let answer = world.owner("acme").query(query).await;
    refused(&answer, 200, "INVALID_ID");
    assert_eq!(
        answer.body["data"],
        json!({ "good": { "nodes": [{ "__typename": "Lead" }] }, "bad": null })
    );
    assert_eq!(errors(&answer.body), [(json!(["bad"]), "INVALID_ID")]);
}

/// A connection is declared non-null, so its failure is that of the whole answer.
#[tokio::test]
async fn a_non_null_field_takes_its_parent_along() {
    let world = World::demo().await;
    let query = "{ viewer { user { email } } leads(first: -1) { totalCount } }";
    let answer = world.owner("acme").query(query).await;
    refused(&answer, 200, "BAD_USER_INPUT");
    assert_eq!(answer.body["data"], Value::Null);
    assert_eq!(errors(&answer.body), [(json!(["leads"]), "BAD_USER_INPUT")]);
}

/// A relation of many rows fails in each row, under the name that the client gave it.
#[tokio::test]
async fn a_failing_relation_is_reported_at_its_place() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let id = client
        .data("{ campaigns(first: 1) { nodes { id } } }")
        .await["campaigns"]["nodes"][0]["id"]
        .clone();
    let query = "query($id: ID!) { one: campaign(id: $id) { name sequence: steps(last: -3) { totalCount } } }";
    let answer = client.query_with(query, json!({ "id": id })).await;
    refused(&answer, 200, "BAD_USER_INPUT");
    // The nearest field that may be null is the campaign.
    assert_eq!(answer.body["data"], json!({ "one": null }));
    assert_eq!(
        errors(&answer.body),
        [(json!(["one", "sequence"]), "BAD_USER_INPUT")]
    );

    let query = r#"{ campaigns(first: 3) { edges { node { steps(after: "no cursor") { totalCount } } } } }"#;
    let answer = client.query(query).await;
    refused(&answer, 200, "INVALID_CURSOR");
    assert_eq!(answer.body["data"], Value::Null);
    // All ends at the root; one error is enough to say why.
    assert_eq!(
        errors(&answer.body)[0],
        (
            json!(["campaigns", "edges", 0, "node", "steps"]),
            "INVALID_CURSOR"
        )
    );
}

/// Rows of a list that may each be null: each has an error of its own.
#[tokio::test]
async fn every_row_that_became_null_has_its_error() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let found = client
        .data("{ campaigns(first: 2) { nodes { id } } companies(first: 1) { nodes { id } } }")
        .await;
    let ids = json!([
        found["campaigns"]["nodes"][0]["id"],
        found["companies"]["nodes"][0]["id"],
        found["campaigns"]["nodes"][1]["id"]
    ]);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Campaign { steps(first: 999) { totalCount } } } }";
    let answer = client.query_with(query, json!({ "ids": ids })).await;
    assert_well_formed(&answer);
    assert_eq!(
        answer.body["data"],
        json!({ "nodes": [null, { "__typename": "Company" }, null] })
    );
    let expected = [
        (json!(["nodes", 0, "steps"]), "BAD_USER_INPUT"),
        (json!(["nodes", 2, "steps"]), "BAD_USER_INPUT"),
    ];
    assert_eq!(errors(&answer.body), expected);
}

/// A statement that fails in the database: the cause stays in the log, and what comes after it in
/// the same transaction is told from it.
#[tokio::test]
async fn a_failing_statement_says_nothing_of_itself() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let sabotage = "REVOKE SELECT ON companies FROM gateway_login, gateway_staff";
    sqlx::raw_sql(sabotage)
        .execute(world.admin())
        .await
        .expect("superuser");
    let answer = client.query("{ campaigns(first: 50, filter: {companyId: {isNull: false}}) { nodes { name company { name } } } }").await;
    assert_eq!(answer.status, 200);
    let nodes = answer.body["data"]["campaigns"]["nodes"]
        .as_array()
        .expect("nodes");
    assert!(
        nodes
            .iter()
            .all(|node| node["company"].is_null() && node["name"].is_string())
    );
    let errors = errors(&answer.body);
    assert_eq!(errors.len(), nodes.len());
    for (place, (path, code)) in errors.iter().enumerate() {
        assert_eq!(
            (path, *code),
            (
                &json!(["campaigns", "nodes", place, "company"]),
                "INTERNAL_ERROR"
            )
        );
    }
    // The client can name the request to those who have the log.
    let id = answer.headers["x-request-id"].to_str().expect("text");
    for error in answer.body["errors"].as_array().expect("errors") {
        assert_eq!(error["message"], "internal error");
        assert_eq!(error["extensions"]["requestId"], id);
    }
    // In one transaction: the second root field is a consequence.
    let answer = client.query("{ companies { totalCount } }").await;
    assert_eq!((answer.status, answer.code()), (200, "INTERNAL_ERROR"));
    assert_eq!(answer.body["errors"][0]["message"], "internal error");
}
