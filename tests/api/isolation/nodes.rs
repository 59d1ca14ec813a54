//! `node` and `nodes`: by the id alone, of whatever kind.

use std::collections::BTreeMap;

use gateway_tests::Client;
use serde_json::{Value, json};

use super::{
    schema::{Case, Schema},
    twins::{Twins, on_twins},
};

/// An own and a foreign id of each kind that A and B both have rows of, as answers give them.
async fn ids(twins: &Twins, schema: &Schema) -> BTreeMap<String, (String, String)> {
    let (owner, twin) = (twins.owner(), twins.twin_owner().await);
    let mut ids = BTreeMap::new();
    for field in schema.queries() {
        let (kind, selection) = match schema.case(field) {
            Some(Case::List { table, node })
                if twins.visible(&table).is_some() && table != "feature_flags" =>
            {
                (node, format!("found: {} {{ nodes {{ id }} }}", field.name))
            }
            Some(Case::Own) => (
                field.kind.clone(),
                format!("found: {} {{ id }}", field.name),
            ),
            _ => continue,
        };
        let (own, foreign) = (
            first(&owner, &selection).await,
            twin.data(&format!("{{ {selection} }}")).await,
        );
        let foreign = twins.foreign.found_in(&foreign).into_iter().next();
        ids.insert(
            kind,
            (
                own,
                foreign.unwrap_or_else(|| panic!("B has no {}", field.name)),
            ),
        );
    }
    ids
}

async fn first(client: &Client, selection: &str) -> String {
    let found = client.data(&format!("{{ {selection} }}")).await["found"].take();
    let id = found["id"]
        .as_str()
        .or_else(|| found["nodes"][0]["id"].as_str());
    id.unwrap_or_else(|| panic!("nothing found by {selection}"))
        .to_owned()
}

/// The id with another key, of no row.
fn unknown(id: &str) -> String {
    let (prefix, key) = id.rsplit_once('_').expect("an id has a prefix");
    let key = if key.len() == 26 {
        "01kzzzzzzzezzszzzzzzzzzzzz"
    } else {
        "987654321987"
    };
    format!("{prefix}_{key}")
}

#[test]
fn a_foreign_node_is_an_unknown_node() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let ids = ids(twins, schema).await;
        assert!(ids.len() > 18, "only {:?}", ids.keys());
        let owner = twins.owner();
        let node = async |id: &str| {
            owner
                .query_with(
                    "query($id: ID!) { node(id: $id) { __typename id } }",
                    json!({ "id": id }),
                )
                .await
        };
        for (kind, (own, foreign)) in &ids {
            assert_eq!(
                node(own).await.data()["node"],
                json!({ "__typename": kind, "id": own })
            );
            let (theirs, nobodys) = (node(foreign).await, node(&unknown(foreign)).await);
            assert_eq!(
                theirs.body,
                json!({ "data": { "node": null } }),
                "{kind}: {foreign}"
            );
            assert_eq!(
                (theirs.body.clone(), theirs.statements()),
                (nobodys.body.clone(), nobodys.statements()),
                "{kind}: {foreign}"
            );
        }
    });
}

#[test]
fn foreign_nodes_between_ones_own_are_null() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let (mut asked, mut expected) = (Vec::new(), Vec::new());
        for (kind, (own, foreign)) in ids(twins, schema).await {
            expected.extend([
                Value::Null,
                json!({ "__typename": kind, "id": own }),
                Value::Null,
            ]);
            asked.extend([foreign.clone(), own, unknown(&foreign)]);
        }
        let answer = twins
            .owner()
            .data_with(
                "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
                json!({ "ids": asked }),
            )
            .await;
        assert_eq!(answer["nodes"], Value::Array(expected));
    });
}
