//! Field errors: which fields are null, and where the errors say they happened.
//!
//! Not compared to the derived schema. There, `resolve_list` gives an error of a deeper field the
//! path of the list's item, and a failing `Result<Option<T>>` nulls its parents instead of its own
//! field. What is expected here is what the specification says (October 2021, section 6.4.4).

use async_graphql::Response;
use serde_json::{Value, json};

use crate::{
    declared, forms,
    world::{Down, Session, read},
};

async fn failing(names: &[&'static str], query: &str) -> Response {
    let request = || Session::failing(names).request(query);
    forms::execute(&declared::schema(), request).await
}

/// The data, and the paths of the errors.
fn outcome(response: &Response) -> (Value, Value) {
    let response = read(response);
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    let paths = errors.iter().map(|error| error["path"].clone()).collect();
    (response["data"].clone(), paths)
}

/// Campaign 3 has no company: nothing failed for it.
#[tokio::test]
async fn a_nullable_relation_is_null_for_each_row_that_has_a_key() {
    let response = failing(&["company"], "{ campaigns { id company { id } } }").await;
    let (data, paths) = outcome(&response);
    let row = |id: &str| json!({ "id": id, "company": null });
    assert_eq!(
        data,
        json!({ "campaigns": [row("1"), row("2"), row("3"), row("4")] })
    );
    let path = |row: usize| json!(["campaigns", row, "company"]);
    assert_eq!(paths, json!([path(0), path(1), path(3)]));
}

#[tokio::test]
async fn code_source_and_location_are_kept() {
    let response = failing(&["company"], "{ campaign(id: 1) { company { id } } }").await;
    let expected = json!({
        "message": "down",
        "locations": [{ "line": 1, "column": 21 }],
        "path": ["campaign", "company"],
        "extensions": { "code": "DOWN" },
    });
    assert_eq!(read(&response)["errors"], json!([expected]));
    assert_eq!(response.errors[0].source::<Down>(), Some(&Down));
}

#[tokio::test]
async fn a_non_null_relation_nulls_the_nearest_nullable_parent() {
    let query = "{ campaign(id: 1) { id steps { id } } other: campaign(id: 2) { id } }";
    let (data, paths) = outcome(&failing(&["steps"], query).await);
    assert_eq!(data, json!({ "campaign": null, "other": { "id": "2" } }));
    assert_eq!(paths, json!([["campaign", "steps"]]));
}

/// One failed row is enough to null a list of non-null rows; the other rows' errors say nothing new.
#[tokio::test]
async fn a_list_of_non_null_rows_fails_with_its_first_row() {
    let (data, paths) = outcome(&failing(&["owner"], "{ campaigns { owner { id } } }").await);
    assert_eq!(data, Value::Null);
    assert_eq!(paths, json!([["campaigns", 0, "owner"]]));
}

/// Both companies lose their campaigns, and are null for it; company 2 has two campaigns.
#[tokio::test]
async fn paths_have_the_indices_of_all_lists() {
    let query = "{ campaigns { all: company { of: campaigns { company { parent { id } } } } } }";
    let (data, paths) = outcome(&failing(&["parent"], query).await);
    let inner = json!({ "company": { "parent": null } });
    assert_eq!(data["campaigns"][1]["all"]["of"], json!([inner, inner]));
    let path = |index: usize| json!(["campaigns", 1, "all", "of", index, "company", "parent"]);
    assert_eq!(paths, json!([path(0), path(1)]));

    let query = "{ campaigns { company { campaigns { owner { id } } } } }";
    let (data, paths) = outcome(&failing(&["owner"], query).await);
    let row = json!({ "company": null });
    assert_eq!(data["campaigns"], json!([row, row, row, row]));
    let path = |row: usize| json!(["campaigns", row, "company", "campaigns", 0, "owner"]);
    assert_eq!(paths, json!([path(0), path(1)]));
}

#[tokio::test]
async fn a_batched_scalar_fails_like_a_relation() {
    let query = "{ campaign(id: 1) { stepCount } }";
    let (data, paths) = outcome(&failing(&["stepCount"], query).await);
    assert_eq!(data, json!({ "campaign": null }));
    assert_eq!(paths, json!([["campaign", "stepCount"]]));
}

#[tokio::test]
async fn errors_below_a_connection() {
    let query = "{ campaign(id: 1) { stepPage { edges { node { id } } totalCount } } }";
    let (data, paths) = outcome(&failing(&["totalCount"], query).await);
    assert_eq!(data, json!({ "campaign": null }));
    assert_eq!(paths, json!([["campaign", "stepPage", "totalCount"]]));
}

#[tokio::test]
async fn a_guard_fails_its_field_only_if_that_may_be_null() {
    let (data, paths) = outcome(&failing(&[], "{ campaigns(first: 2) { id n: note } }").await);
    let row = |id: &str| json!({ "id": id, "n": null });
    assert_eq!(data, json!({ "campaigns": [row("1"), row("2")] }));
    assert_eq!(paths, json!([["campaigns", 0, "n"], ["campaigns", 1, "n"]]));

    let (data, paths) = outcome(&failing(&[], "{ campaign(id: 1) { id secret } }").await);
    assert_eq!(data, json!({ "campaign": null }));
    assert_eq!(paths, json!([["campaign", "secret"]]));
}

#[tokio::test]
async fn a_guard_that_passes_changes_nothing() {
    let session = Session::admin();
    let request = || session.request("{ campaigns(first: 2) { note secret } }");
    let (data, paths) = outcome(&forms::execute(&declared::schema(), request).await);
    assert_eq!(data["campaigns"][0]["note"], "a note");
    assert_eq!(data["campaigns"][1]["secret"], "Campaign \"2\"");
    assert_eq!(paths, json!([]));
}
