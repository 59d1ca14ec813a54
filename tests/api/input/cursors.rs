//! Cursors that are none, or another list's.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use gateway_tests::{Client, World};
use serde_json::{Value, json};

use super::refused;

const QUERY: &str = "query($c: String, $o: LeadOrder) { leads(after: $c, orderBy: $o) { totalCount nodes { id } } }";

#[tokio::test]
async fn a_cursor_of_another_order_or_another_connection() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let created = cursor(&client, "leads").await;
    let order = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    client
        .data_with(
            QUERY,
            json!({ "c": created, "o": order("CREATED", "DESC") }),
        )
        .await;
    for order in [
        order("CREATED", "ASC"),
        order("EMAIL", "DESC"),
        json!({ "field": "CREATED" }),
    ] {
        refused(
            &client
                .query_with(QUERY, json!({ "c": created, "o": order }))
                .await,
            200,
            "INVALID_CURSOR",
        );
    }
    let before =
        "query($c: String) { leads(last: 3, before: $c, orderBy: {field: EMAIL}) { totalCount } }";
    refused(
        &client.query_with(before, json!({ "c": created })).await,
        200,
        "INVALID_CURSOR",
    );
    for other in ["campaigns", "users"] {
        let other = cursor(&client, other).await;
        refused(
            &client.query_with(QUERY, json!({ "c": other })).await,
            200,
            "INVALID_CURSOR",
        );
    }
}

#[tokio::test]
async fn what_is_no_cursor_at_all() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let mut forged = vec![
        "garbage".to_owned(),
        String::new(),
        "=".to_owned(),
        "☃".to_owned(),
        "a\0b".to_owned(),
        "WyJd".to_owned(),
    ];
    let key = "lead_01h455vb4pex5vsknk084sn02q";
    let nonsense = [
        json!(null),
        json!([]),
        json!({ "after": 1 }),
        json!(["lead", "Created", "desc", 1]),
        json!(["lead", "Created", "desc", "text", key]),
        json!(["lead", "Created", "desc", 1.5, key]),
        json!(["lead", "Created", "desc", null, key]),
        json!([
            "lead",
            "Created",
            "desc",
            1,
            "camp_01h455vb4pex5vsknk084sn02q"
        ]),
        json!(["lead", "Created", "desc", 1, "nothing"]),
        json!(["lead", "Created", "desc", 1, "lead_\0"]),
        json!(["lead", "Created", "desc", 1, key, "more"]),
        json!(["lead", "tenant_id", "desc", 1, key]),
        // No moments at all, and one that is too early for the database.
        json!(["lead", "Created", "desc", i64::MAX, key]),
        json!(["lead", "Created", "desc", i64::MIN, key]),
        json!([
            "lead",
            "Created",
            "desc",
            -8_000_000_000_000_000_000_i64,
            key
        ]),
    ];
    forged.extend(nonsense.iter().map(encoded));
    forged.push(URL_SAFE_NO_PAD.encode([0xff, 0xfe, 0]));
    for cursor in forged {
        let answer = client.query_with(QUERY, json!({ "c": cursor })).await;
        assert_eq!(
            answer.code(),
            "INVALID_CURSOR",
            "{:?}: {}",
            decoded(&cursor),
            answer.body
        );
        refused(&answer, 200, "INVALID_CURSOR");
    }
    let nul = encoded(&json!(["lead", "Email", "asc", "a\0b", key]));
    let order = json!({ "field": "EMAIL" });
    refused(
        &client
            .query_with(QUERY, json!({ "c": nul, "o": order }))
            .await,
        200,
        "INVALID_CURSOR",
    );
    let steps =
        "query($c: String) { campaignSequenceSteps(after: $c) { totalCount nodes { id } } }";
    let large = encoded(&json!([
        "step",
        "StepOrder",
        "asc",
        2_147_483_648_i64,
        "step_01h455vb4pex5vsknk084sn02q"
    ]));
    refused(
        &client.query_with(steps, json!({ "c": large })).await,
        200,
        "INVALID_CURSOR",
    );
}

/// The first cursor of a list.
async fn cursor(client: &Client, list: &str) -> Value {
    let data = client
        .data(&format!("{{ {list} {{ pageInfo {{ startCursor }} }} }}"))
        .await;
    data[list]["pageInfo"]["startCursor"].clone()
}

fn encoded(parts: &Value) -> String {
    URL_SAFE_NO_PAD.encode(parts.to_string())
}

fn decoded(cursor: &str) -> String {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_else(|_| cursor.to_owned())
}
