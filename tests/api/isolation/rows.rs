//! One row, by its id: another tenant's is as unknown as one that never was.

use gateway_tests::{Answer, Client};
use serde_json::json;

use super::{
    ids::key,
    schema::{Case, Schema},
    twins::{on_twins, one_in},
};

async fn ask(client: &Client, field: &str, id: &str) -> Answer {
    client
        .query_with(
            &format!("query($id: ID!) {{ found: {field}(id: $id) {{ id }} }}"),
            json!({ "id": id }),
        )
        .await
}

/// What a client can tell two answers apart by.
fn told_apart(answer: &Answer) -> (u16, String, u32) {
    (answer.status, answer.body.to_string(), answer.statements())
}

#[test]
fn a_foreign_id_is_an_unknown_id() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let owner = twins.owner();
        for field in schema.queries() {
            let Some(Case::Row { table }) = schema.case(field) else {
                continue;
            };
            let name = &field.name;
            let unknown = ask(&owner, name, &twins.unknown_key(&table)).await;
            let Some(visible) = twins.visible(&table) else {
                let stored = twins.catalog.table(&table);
                let key = stored.key();
                let there = one_in::<String>(
                    &twins.world,
                    stored.tier,
                    &format!("SELECT {key}::text FROM {table} LIMIT 1"),
                )
                .await;
                for answer in [ask(&owner, name, &there).await, unknown] {
                    assert_eq!(
                        (answer.code(), &answer.body["data"]),
                        ("FORBIDDEN", &json!({ "found": null })),
                        "{name}"
                    );
                }
                continue;
            };
            assert_eq!(unknown.body, json!({ "data": { "found": null } }), "{name}");
            for foreign in twins.hidden_keys(&table).await.iter().take(3) {
                let answer = ask(&owner, name, foreign).await;
                assert_eq!(
                    told_apart(&answer),
                    told_apart(&unknown),
                    "{name}(id: {foreign}), which is another tenant's"
                );
            }
            for own in twins.visible_keys(&table, "true").await.iter().take(2) {
                let found = ask(&owner, name, own).await.data();
                let id = found["found"]["id"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{name}(id: {own}) of {visible} is not found"));
                assert_eq!(key(id).as_ref(), Some(own), "{name}");
                assert_eq!(
                    ask(&owner, name, id).await.data(),
                    found,
                    "{name}: the id that the answer gave"
                );
            }
        }
    });
}

#[test]
fn ones_own_is_ones_own() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut seen = 0;
        for field in schema
            .queries()
            .iter()
            .filter(|field| schema.case(field) == Some(Case::Own))
        {
            let everything = schema.selection(&field.kind, 3);
            let found = twins
                .owner()
                .data(&format!("{{ found: {} {everything} }}", field.name))
                .await;
            twins.foreign.assert_absent(&found, &field.name);
            let id = found["found"]["id"]
                .as_str()
                .and_then(key)
                .unwrap_or_else(|| panic!("{}: {found:#}", field.name));
            assert!(
                twins.own.contains(&id),
                "`{}` shows {id}, which is not A's",
                field.name
            );
            seen += 1;
        }
        assert!(seen > 2, "only {seen}");
    });
}
