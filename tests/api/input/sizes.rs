//! Input that is deeper or longer than it should be.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{assert_well_formed, refused};

#[tokio::test]
async fn filters_nine_deep_are_refused_and_eight_are_not() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "not": inner }));
    client.data_with(query, json!({ "f": nested(8) })).await;
    refused(
        &client.query_with(query, json!({ "f": nested(9) })).await,
        200,
        "BAD_USER_INPUT",
    );
    // Through relations, too.
    let around = (0..5).fold(
        json!({}),
        |inner, _| json!({ "company": { "campaigns": { "some": inner } } }),
    );
    let query = "query($f: CampaignFilter) { campaigns(filter: $f) { totalCount } }";
    refused(
        &client.query_with(query, json!({ "f": around })).await,
        200,
        "BAD_USER_INPUT",
    );
    // As deep as a request can say it, and as deep as one can write it.
    let deep = (0..100).fold(json!({}), |inner, _| json!({ "not": inner }));
    refused(
        &client
            .query_with(
                "query($f: LeadFilter) { leads(filter: $f) { totalCount } }",
                json!({ "f": deep }),
            )
            .await,
        200,
        "BAD_USER_INPUT",
    );
    let deep = format!(
        "{{ leads(filter: {}{{}}{}) {{ totalCount }} }}",
        "{not: ".repeat(5000),
        "}".repeat(5000)
    );
    let answer = client.query(&deep).await;
    assert_well_formed(&answer);
}

#[tokio::test]
async fn ten_thousand_values_are_one_statement() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let all = client
        .data("{ leads(first: 200) { nodes { email } } }")
        .await["leads"]["nodes"]
        .clone();
    let known = all
        .as_array()
        .expect("nodes")
        .iter()
        .map(|lead| lead["email"].clone());
    let values: Value = known
        .chain((0..10_000).map(|number| json!(format!("nobody-{number}@x.test"))))
        .collect();
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let answer = client
        .query_with(query, json!({ "f": { "email": { "in": values } } }))
        .await;
    assert_eq!(
        (
            answer.data()["leads"]["totalCount"].as_u64(),
            answer.statements()
        ),
        (Some(200), 1)
    );
    let ids: Value = (0..10_000)
        .map(|_| json!(entity::id::LeadId::new().to_string()))
        .collect();
    let answer = client
        .query_with(query, json!({ "f": { "id": { "in": ids } } }))
        .await;
    assert_eq!(answer.data()["leads"]["totalCount"], 0);
    let ids: Value = (0..201)
        .map(|_| json!(entity::id::LeadId::new().to_string()))
        .collect();
    refused(
        &client
            .query_with(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": ids }),
            )
            .await,
        200,
        "BAD_USER_INPUT",
    );
}

/// A message quotes what was wrong, but no more of it than a person would read.
#[tokio::test]
async fn no_message_is_as_long_as_its_cause() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let long = "x".repeat(100_000);
    for (query, variables) in [
        (
            "query($id: ID!) { lead(id: $id) { id } }".to_owned(),
            json!({ "id": long }),
        ),
        (
            "query($id: ID!) { node(id: $id) { id } }".to_owned(),
            json!({ "id": long }),
        ),
        (
            "query($f: LeadFilter) { leads(filter: $f) { totalCount } }".to_owned(),
            json!({ "f": long }),
        ),
        (
            "query($c: String) { leads(after: $c) { totalCount } }".to_owned(),
            json!({ "c": long }),
        ),
        (
            "query($f: LeadFilter) { leads(filter: $f) { totalCount } }".to_owned(),
            json!({ "f": { "created": { "eq": long } } }),
        ),
        (format!("{{ {long} }}"), json!({})),
        (
            format!("query($f: {long}) {{ leads(filter: $f) {{ totalCount }} }}"),
            json!({}),
        ),
        (
            format!("{{ leads(first: {long}) {{ totalCount }} }}"),
            json!({}),
        ),
        (format!("{{ leads {{ {long}"), json!({})),
    ] {
        assert_well_formed(&client.query_with(&query, variables).await);
    }
    let named = json!({ "query": "query A { __typename }", "operationName": long });
    assert_well_formed(
        &client
            .send(
                client
                    .request(reqwest::Method::POST, "/graphql")
                    .json(&named),
            )
            .await,
    );
}
