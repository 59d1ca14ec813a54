//! Lists: all of one's own rows, and none else, whichever way they are paged through.

use gateway_tests::Client;
use serde_json::{Value, json};

use super::{ids::keys, schema::Schema, twins::on_twins};

/// Reads a whole list, page by page; answers with its keys and what it counts.
async fn page_through(
    client: &Client,
    field: &str,
    size: usize,
    backward: bool,
) -> (Vec<String>, Value) {
    let (count, cursor, edge) = if backward {
        ("last", "before", "startCursor")
    } else {
        ("first", "after", "endCursor")
    };
    let more = if backward {
        "hasPreviousPage"
    } else {
        "hasNextPage"
    };
    let query = format!(
        "query($size: Int, $cursor: String) {{ list: {field}({count}: $size, {cursor}: $cursor) {{
            totalCount nodes {{ id }} pageInfo {{ {edge} {more} }} }} }}"
    );
    let (mut found, mut at) = (Vec::new(), Value::Null);
    loop {
        let list = client
            .data_with(&query, json!({ "size": size, "cursor": at }))
            .await["list"]
            .take();
        let mut page = keys(&list["nodes"]);
        assert!(
            !page.is_empty() || list["pageInfo"][more] == false,
            "{field}: an empty page with more behind it"
        );
        if backward {
            page.extend(std::mem::take(&mut found));
            found = page;
        } else {
            found.extend(page);
        }
        if list["pageInfo"][more] == false {
            return (found, list["totalCount"].clone());
        }
        at = list["pageInfo"][edge].clone();
    }
}

#[test]
fn a_list_is_ones_own_rows_in_both_directions() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let owner = twins.owner();
        for (field, table, _) in schema.lists() {
            let name = &field.name;
            if twins.visible(&table).is_none() {
                let answer = owner
                    .query(&format!(
                        "{{ list: {name} {{ totalCount nodes {{ id }} }} }}"
                    ))
                    .await;
                assert_eq!(
                    (answer.code(), &answer.body["data"]),
                    ("FORBIDDEN", &Value::Null),
                    "{name}"
                );
                continue;
            }
            let own = twins.visible_keys(&table, "true").await;
            assert!(
                !own.is_empty(),
                "{name}: the demo has no rows, so nothing is tested"
            );
            // Three pages or four, so that pages begin in the middle.
            let size = (own.len() / 3).clamp(1, 200);
            let (forward, count) = page_through(&owner, name, size, false).await;
            let (backward, _) = page_through(&owner, name, size, true).await;
            assert_eq!(
                forward, backward,
                "{name}: the order is another from the end"
            );
            let mut found = forward;
            found.sort_unstable();
            assert_eq!(found, own, "{name}");
            assert_eq!(count, own.len(), "{name}: totalCount");
        }
    });
}
