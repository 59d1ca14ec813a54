//! Rows of many objects in one list: grouped for loading, answered in order.

use serde_json::json;

use crate::{
    declared, derived, forms,
    world::{Session, read},
};

const NODES: &str = "{ nodes(ids: [101, 1, 202, 999, 2, 201, 100, 4, 300]) { \
    __typename id ...N ... on Campaign { name company { ...C } } ...C \
    ... on Step { position } } \
    node(id: 202) { ... on Company { parent { id } } ... on Step { id } } none: node(id: 0) { id } } \
    fragment N on Node { same: id ... on Company { name } } \
    fragment C on Company { parent { name } }";

#[tokio::test]
async fn the_answer_is_that_of_the_derived_schema() {
    let request = || Session::default().request(NODES);
    let declared = forms::execute(&declared::schema(), request).await;
    let derived = derived::schema()
        .execute(Session::default().request(NODES))
        .await;
    let answer = read(&declared);
    assert_eq!(answer, read(&derived));

    let nodes = answer["data"]["nodes"].as_array().expect("a list");
    let ids: Vec<_> = nodes.iter().map(|node| node["id"].as_str()).collect();
    let expected = ["101", "1", "2", "", "2", "1", "100", "4", "300"];
    assert_eq!(ids, expected.map(|id| (!id.is_empty()).then_some(id)));
}

#[tokio::test]
async fn rows_of_an_object_load_together() {
    let session = Session::default();
    let response = declared::schema().execute(session.request(NODES)).await;
    assert_eq!(response.errors, []);
    // Three campaigns, then company 2 as a campaign's, in the list and as the one node.
    let expected = [("company", 3), ("parent", 1), ("parent", 1), ("parent", 1)];
    assert_eq!(session.loads(), expected);
}

#[tokio::test]
async fn an_item_that_fails_is_null_alone() {
    let session = Session::failing(&["owner"]);
    let query = "{ nodes(ids: [201, 1, 100, 2]) { id ... on Campaign { owner { id } } } }";
    let response = forms::execute(&declared::schema(), || session.request(query)).await;
    let response = read(&response);
    let nodes = json!([{ "id": "1" }, null, { "id": "100" }, null]);
    assert_eq!(response["data"], json!({ "nodes": nodes }));
    assert_eq!(response["errors"][0]["path"], json!(["nodes", 1, "owner"]));
    assert_eq!(response["errors"][1]["path"], json!(["nodes", 3, "owner"]));
}

/// What is loaded for a row that fails stands before what is loaded for the next.
#[tokio::test]
async fn the_other_items_keep_what_is_theirs() {
    let session = Session::default();
    let query = "{ nodes(ids: [5, 1, 2]) { \
        ... on Campaign { owner { id } stepCount steps { id } company { id } } } }";
    let response = forms::execute(&declared::schema(), || session.request(query)).await;
    let response = read(&response);
    let item = |owner, steps: [&str; 3], company| {
        let steps = steps.map(|id| json!({ "id": id }));
        json!({ "owner": { "id": owner }, "stepCount": 3, "steps": steps, "company": { "id": company } })
    };
    let first = item("2", ["100", "101", "102"], "1");
    let second = item("1", ["103", "104", "105"], "2");
    assert_eq!(response["data"]["nodes"], json!([null, first, second]));
    assert_eq!(response["errors"][0]["path"], json!(["nodes", 0, "owner"]));
}

#[tokio::test]
async fn errors_below_an_item() {
    let session = Session::failing(&["company"]);
    let query = "{ nodes(ids: [100, 1]) { ... on Campaign { company { id } } } \
        node(id: 2) { ... on Campaign { company { id } } } }";
    let response = forms::execute(&declared::schema(), || session.request(query)).await;
    let response = read(&response);
    let nodes = json!([{}, { "company": null }]);
    assert_eq!(
        response["data"],
        json!({ "nodes": nodes, "node": { "company": null } })
    );
    assert_eq!(response["errors"][1]["path"], json!(["node", "company"]));
    assert_eq!(
        response["errors"][0]["path"],
        json!(["nodes", 1, "company"])
    );
}
