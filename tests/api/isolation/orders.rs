//! Orders and cursors: a cursor of another tenant's row only says where a page begins.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{ids::keys, schema::Schema, twins::on_twins};

#[test]
fn a_foreign_cursor_opens_ones_own_rows_in_every_order() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let (owner, twin) = (twins.owner(), twins.twin_owner().await);
        let mut begun_in_the_middle = 0;
        for (field, table, _) in schema
            .lists()
            .filter(|(_, table, _)| twins.visible(table).is_some())
        {
            let own = twins.visible_keys(&table, "true").await;
            let input = field.argument("orderBy");
            let order = schema
                .input(input)
                .iter()
                .find(|part| part.name == "field")
                .expect("orders are by a field");
            let orders = schema
                .values(&order.kind)
                .expect("what is ordered by is an enum");
            for (by, direction) in orders.iter().flat_map(|by| [(by, "ASC"), (by, "DESC")]) {
                let name = format!(
                    "{}(orderBy: {{field: {by}, direction: {direction}}})",
                    field.name
                );
                let ask = |page: &str| {
                    format!(
                        "{{ list: {}(orderBy: {{field: {by}, direction: {direction}}}, {page}) {{ totalCount nodes {{ id }} pageInfo {{ startCursor endCursor }} }} }}",
                        field.name
                    )
                };
                let half = own.len().div_ceil(2).min(100);
                let theirs = twin.data(&ask(&format!("first: {half}"))).await;
                let shared =
                    twins.hidden(twins.catalog.table(&table)).is_none() || table == "plans";
                assert!(
                    shared || !twins.foreign.found_in(&theirs).is_empty(),
                    "{name}: B sees nothing of its own"
                );
                let cursor = &theirs["list"]["pageInfo"]["endCursor"];
                let mut seen = 0;
                for side in ["after", "before"] {
                    let answer = owner
                        .data(&ask(&format!("first: 200, {side}: {cursor}")))
                        .await;
                    twins.foreign.assert_absent(&answer, &name);
                    let (found, count) = (
                        keys(&answer["list"]["nodes"]),
                        &answer["list"]["totalCount"],
                    );
                    assert!(
                        found.iter().all(|key| own.binary_search(key).is_ok()),
                        "{name}, {side} B's cursor: {found:?}"
                    );
                    assert_eq!(
                        count,
                        own.len(),
                        "{name}: a cursor does not change the count"
                    );
                    seen += found.len();
                }
                // Both sides of the cursor together are the whole list, as far as two pages reach.
                assert!(
                    seen >= own.len().min(200) - 1 && seen <= own.len(),
                    "{name}: {seen} of {}",
                    own.len()
                );
                begun_in_the_middle += usize::from(seen > 1);
            }
        }
        assert!(
            begun_in_the_middle > 40,
            "only {begun_in_the_middle} orders were tried on more than one row"
        );
    });
}

#[test]
fn a_forged_cursor_opens_no_foreign_row() {
    on_twins(async |twins| {
        let theirs = twins.hidden_keys("campaigns").await;
        let unknown = twins.unknown_key("campaigns");
        let position =
            |key: &str| json!(["camp", "Created", "desc", 4_000_000_000_000_000_i64, key]);
        let answer = async |key: &str| {
            let cursor = URL_SAFE_NO_PAD.encode(position(key).to_string());
            twins
                .owner()
                .query_with(
                    "query($after: String) { campaigns(after: $after) { nodes { id } } }",
                    json!({ "after": cursor }),
                )
                .await
        };
        let (known, unknown) = (answer(&theirs[0]).await, answer(&unknown).await);
        assert_eq!(known.body, unknown.body);
        assert_eq!(
            keys(&known.data()["campaigns"]["nodes"]).len(),
            14,
            "all are older than the forged moment"
        );
        assert_ne!(known.body["data"], Value::Null);
    });
}
