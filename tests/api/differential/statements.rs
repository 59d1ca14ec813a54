//! How many statements an operation costs: as many as it has levels, however many rows there are.

use gateway_tests::{Client, Options, World};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{SEEDS, data::Random};

/// Operations with a page of `$n`, and their statements. Where a level could be empty for the one
/// parent that `$n = 1` finds, the filter takes a parent for which it is not.
const SHAPES: &[(&str, u32)] = &[
    ("{ leads(first: $n) { nodes { id name email } } }", 1),
    // All of a connection's fields share one reading of the page; the count is a statement of its own.
    (
        "{ leads(first: $n) { nodes { id } edges { cursor node { id } } pageInfo { endCursor hasNextPage } } }",
        1,
    ),
    ("{ leads(first: $n) { totalCount nodes { id } } }", 2),
    ("{ leads(first: $n) { totalCount } }", 1),
    // The campaigns, their companies.
    (
        "{ campaigns(first: $n, filter: {company: {}}) { nodes { company { name } } } }",
        2,
    ),
    // The campaigns, their steps and the steps' counts, the steps' templates, the templates' tags.
    (
        "{ campaigns(first: $n, filter: {steps: {some: {template: {tags: {some: {}}}}}}) { nodes { \
           steps(filter: {template: {tags: {some: {}}}}) { totalCount nodes { template { tags { nodes { name } } } } } } } }",
        5,
    ),
    // There and back again: the campaigns of a step were not read by their id before.
    (
        "{ campaigns(first: $n, filter: {steps: {some: {}}}) { nodes { steps { nodes { campaign { name } } } } } }",
        3,
    ),
    // Through a join table.
    (
        "{ templates(first: $n, filter: {tags: {some: {}}}) { nodes { tags { totalCount nodes { templates { nodes { id } } } } } } }",
        4,
    ),
    // Four levels down and two across.
    (
        "{ companies(first: $n, filter: {campaigns: {some: {steps: {some: {template: {}}}}}}) { nodes { \
           campaigns { nodes { steps { nodes { campaign { company { name } } template { name } } } } } } } }",
        6,
    ),
];

#[tokio::test]
async fn one_parent_costs_as_many_statements_as_fifty() {
    let random = Random::new(SEEDS[0]).await;
    for (shape, statements) in SHAPES {
        for parents in [1, 50] {
            let query = format!("query($n: Int!) {shape}");
            let answer = random
                .client
                .query_with(&query, json!({ "n": parents }))
                .await;
            answer.data();
            assert_eq!(
                answer.statements(),
                *statements,
                "{parents} parents of {shape}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_twice_is_loaded_once() {
    let random = Random::new(SEEDS[0]).await;
    // Aliases of one page, whatever is selected of it.
    cost(
        &random.client,
        1,
        "{ a: leads(first: 5) { nodes { id } } b: leads(first: 5) { pageInfo { endCursor } } }",
    )
    .await;
    cost(
        &random.client,
        2,
        "{ campaigns(first: 9) { nodes { a: steps(first: 2) { nodes { id } } b: steps(first: 2) { edges { cursor } } } } }",
    )
    .await;
    // Two pages of one list count alike.
    cost(
        &random.client,
        1,
        "{ a: leads(first: 5) { totalCount } b: leads(last: 3) { totalCount } }",
    )
    .await;
    // Another filter is another list, another page another page.
    cost(
        &random.client,
        2,
        "{ a: leads { totalCount } b: leads(filter: {name: {isNull: true}}) { totalCount } }",
    )
    .await;
    cost(
        &random.client,
        2,
        "{ a: leads(first: 5) { nodes { id } } b: leads(first: 6) { nodes { id } } }",
    )
    .await;
}

#[tokio::test]
async fn a_row_that_two_paths_lead_to_is_loaded_once() {
    let random = Random::new(SEEDS[0]).await;
    let found = random
        .client
        .data("{ campaigns(first: 1, filter: {company: {}}) { nodes { id company { id } } } }")
        .await;
    let campaign = &found["campaigns"]["nodes"][0];
    let ids = json!({ "company": campaign["company"]["id"], "campaign": campaign["id"] });
    // The company by its id three times, and from the campaign, which is one statement more.
    let query = "query($company: ID!, $campaign: ID!) { \
        company(id: $company) { name } again: company(id: $company) { status } \
        node(id: $company) { ... on Company { name } } \
        campaign(id: $campaign) { company { name } } }";
    let answer = random.client.query_with(query, ids.clone()).await;
    assert_eq!(
        answer.data()["campaign"]["company"]["name"],
        answer.data()["company"]["name"]
    );
    assert_eq!(answer.statements(), 2);
    // One statement for each kind of id, in the order asked for.
    let query = "query($company: ID!, $campaign: ID!) { nodes(ids: [$company, $campaign, $company]) { id } }";
    let answer = random.client.query_with(query, ids.clone()).await;
    assert_eq!(answer.statements(), 2);
    let expected =
        json!([{ "id": ids["company"] }, { "id": ids["campaign"] }, { "id": ids["company"] }]);
    assert_eq!(answer.data()["nodes"], expected);
}

/// The database of this world is away, so whatever is answered took no connection.
#[tokio::test]
async fn what_needs_no_row_needs_no_database() {
    let nowhere = "postgres://gateway_login@127.0.0.1:1/nowhere".to_owned();
    let world = World::with(Options {
        database_url: Some(nowhere),
        ..Options::default()
    })
    .await;
    let client = world.client(Uuid::now_v7(), Uuid::now_v7());
    cost(&client, 0, "{ __typename }").await;
    cost(
        &client,
        0,
        "{ __schema { types { name fields { name } } } }",
    )
    .await;
    // The handle of a list costs nothing.
    cost(
        &client,
        0,
        "{ leads { __typename pageInfo @skip(if: true) { endCursor } } }",
    )
    .await;
    let refused = [
        "{ leads {",
        "{ leads { nothing } }",
        "{ leads(first: -1) { totalCount } }",
        "{ leads(after: \"no cursor\") { totalCount } }",
        "{ lead(id: \"camp_01h455vb4pex5vsknk084sn02q\") { id } }",
        "{ leads(filter: {id: {eq: \"nothing\"}}) { totalCount } }",
    ];
    for query in refused {
        let answer = client.query(query).await;
        assert!(
            answer.status == 200 && !answer.code().is_empty(),
            "{query}: {}",
            answer.body
        );
        assert_eq!(answer.statements(), 0, "{query}");
    }
    let answer = client.query("{ leads { totalCount } }").await;
    assert_eq!((answer.status, answer.code()), (503, "UNAVAILABLE"));
}

/// The operation succeeds and costs so many statements.
async fn cost(client: &Client, statements: u32, query: &str) -> Value {
    let answer = client.query(query).await;
    let data = answer.data();
    assert_eq!(answer.statements(), statements, "{query}");
    data
}
