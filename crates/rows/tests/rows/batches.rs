//! How often a query loads: once for each relation and level, whatever the number of rows.

use crate::{declared, derived, world::Session};

/// The loads of a query that answers without an error.
async fn loads(query: &str) -> Vec<(&'static str, usize)> {
    let session = Session::admin();
    let response = declared::schema().execute(session.request(query)).await;
    assert_eq!(response.errors, [], "{query}");
    session.loads()
}

#[tokio::test]
async fn one_load_for_each_relation_and_level() {
    let query = "{ campaigns { \
        company { id parent { id } campaigns { steps { id } } } \
        owner { parent { id } } steps { id } stepCount stepPage { totalCount nodes { id } } } }";
    let expected = [
        ("campaigns", 2),
        ("company", 3),
        ("owner", 4),
        // Below `company`, where company 2 has a parent, and below `owner`, where it is twice.
        ("parent", 1),
        ("parent", 2),
        ("stepCount", 4),
        ("stepPage", 4),
        // Below `company.campaigns`, where there are three, and at the top.
        ("steps", 3),
        ("steps", 4),
        ("totalCount", 4),
    ];
    assert_eq!(loads(query).await, expected);

    let session = Session::admin();
    let derived = derived::schema().execute(session.request(query)).await;
    assert_eq!(derived.errors, []);
    assert_eq!(session.loads().len(), 31, "a load for each row");
}

#[tokio::test]
async fn the_same_key_of_the_response_loads_once() {
    let query = "{ campaigns { owner { id } ...A ... { owner { parent { id } } } } } \
        fragment A on Campaign { owner { name parent { name } } }";
    assert_eq!(loads(query).await, [("owner", 4), ("parent", 2)]);
}

#[tokio::test]
async fn another_alias_loads_again() {
    let query = "{ campaigns { a: owner { id } b: owner { id } } }";
    assert_eq!(loads(query).await, [("owner", 4), ("owner", 4)]);
}

#[tokio::test]
async fn nothing_to_load() {
    assert_eq!(loads("{ campaigns { id name note } }").await, []);
    assert_eq!(
        loads("{ campaigns(first: 0) { company { id } steps { id } } }").await,
        []
    );
    // Campaign 3 has no company, campaign 4 one that is not there.
    assert_eq!(
        loads("{ campaign(id: 3) { company { parent { id } } } }").await,
        []
    );
    let query = "{ campaign(id: 4) { company { parent { id } } } }";
    assert_eq!(loads(query).await, [("company", 1)]);
}

#[tokio::test]
async fn a_guard_runs_once_for_a_field_and_level() {
    let session = Session::admin();
    let query = "{ campaigns { note n: note secret } }";
    let response = declared::schema().execute(session.request(query)).await;
    assert_eq!(response.errors, []);
    assert_eq!(session.guarded(), 3);

    let query = "{ campaigns(first: 0) { note } }";
    let response = declared::schema().execute(session.request(query)).await;
    assert_eq!(response.errors, []);
    assert_eq!(session.guarded(), 3, "no rows, no guard");
}
