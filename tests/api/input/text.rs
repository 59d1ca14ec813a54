//! Text that can not be stored, and text that only looks dangerous.

use gateway_tests::World;
use serde_json::json;

use super::refused;

/// PostgreSQL's text can not hold it, so it would end in an error of the driver.
#[tokio::test]
async fn a_nul_in_text() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let variable = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    for operator in ["eq", "ne", "startsWith"] {
        let literal = format!(
            r#"{{ leads(filter: {{name: {{{operator}: "a\u0000b"}}}}) {{ totalCount }} }}"#
        );
        refused(&client.query(&literal).await, 200, "BAD_USER_INPUT");
        let answer = client
            .query_with(variable, json!({ "f": { "name": { operator: "a\0b" } } }))
            .await;
        refused(&answer, 200, "BAD_USER_INPUT");
    }
    let nested = json!({ "f": { "not": { "or": [{ "company": { "in": ["a", "\0"] } }] } } });
    refused(
        &client.query_with(variable, nested).await,
        200,
        "BAD_USER_INPUT",
    );
    let related = r#"{ campaigns(filter: {company: {name: {eq: "\u0000"}}}) { totalCount } }"#;
    refused(&client.query(related).await, 200, "BAD_USER_INPUT");
    refused(
        &client
            .query(r#"{ campaign(id: "camp_\u0000") { id } }"#)
            .await,
        200,
        "INVALID_ID",
    );
    let by_id = "query($id: ID!) { campaign(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }";
    refused(
        &client.query_with(by_id, json!({ "id": "camp_\0" })).await,
        200,
        "INVALID_ID",
    );
    for (field, value) in [("language", "\0"), ("timezone", "Europe/\0")] {
        let input = json!({ "input": { field: value } });
        let change = "mutation($input: UpdateUserPreferencesInput!) { updateUserPreferences(input: $input) { userPreferences { id } } }";
        refused(
            &client.query_with(change, input).await,
            200,
            "BAD_USER_INPUT",
        );
    }
}

/// Text that only looks dangerous is text.
#[tokio::test]
async fn quotes_and_wildcards_are_only_text() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    for text in [
        "'; DROP TABLE leads; --",
        "%",
        "_",
        "\\",
        "$1",
        "\u{202e}",
        "\u{1}",
        "{}",
        "a' OR 'a'='a",
    ] {
        for operator in ["eq", "startsWith"] {
            let data = client
                .data_with(query, json!({ "f": { "email": { operator: text } } }))
                .await;
            assert_eq!(data["leads"]["totalCount"], 0, "{operator} {text}");
        }
    }
    assert_ne!(
        client.data_with(query, json!({})).await["leads"]["totalCount"],
        0
    );
}
