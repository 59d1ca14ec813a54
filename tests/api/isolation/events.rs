//! System events: for a tenant's owners and admins, each their own tenant's.

use gateway_tests::{Client, World};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::{ids::keys, twins::on_twins};

const EVENTS: &str = "{ adminSystemEvents { totalCount nodes { id } } \
    users { nodes { adminSystemEvents { totalCount } resolvedAdminSystemEvents { totalCount } } } \
    tenants { nodes { adminSystemEvents { totalCount } } } }";

/// How many events a client sees, by whichever list.
async fn counts(client: &Client) -> Vec<u64> {
    fn collect(value: &Value, counts: &mut Vec<u64>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, counts)),
            Value::Object(fields) => {
                counts.extend(fields.get("totalCount").and_then(Value::as_u64));
                fields.values().for_each(|field| collect(field, counts));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&client.data(EVENTS).await, &mut found);
    found
}

#[test]
fn only_owners_and_admins_see_events() {
    on_twins(async |twins| {
        let own = twins.visible_keys("admin_system_events", "true").await;
        let by_id = async |client: &Client| {
            let query =
                "query($id: ID!) { adminSystemEvent(id: $id) { id } node(id: $typed) { id } }"
                    .replace("$id: ID!", "$id: ID!, $typed: ID!");
            client
                .data_with(
                    &query,
                    json!({ "id": own[0], "typed": format!("evt_{}", own[0]) }),
                )
                .await
        };
        for role in ["owner", "admin"] {
            let client = twins.world.user("acme", &format!("{role}@acme.test"));
            let mut found = keys(&client.data(EVENTS).await["adminSystemEvents"]["nodes"]);
            found.sort_unstable();
            assert_eq!(found, own, "{role}");
            assert!(by_id(&client).await["node"]["id"].is_string(), "{role}");
        }
        for role in ["member", "analyst", "billing"] {
            let client = twins.world.user("acme", &format!("{role}@acme.test"));
            let counts = counts(&client).await;
            assert!(
                counts.len() > 10 && counts.iter().all(|count| *count == 0),
                "{role}: {counts:?}"
            );
            assert_eq!(
                by_id(&client).await,
                json!({ "adminSystemEvent": null, "node": null }),
                "{role}"
            );
        }
    });
}

#[tokio::test]
async fn a_key_without_the_role_sees_none_of_its_owners() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    assert!(counts(&owner).await[0] > 0);
    for (roles, sees) in [("ANALYST", false), ("ADMIN", true)] {
        let make = format!(
            "mutation {{ createApiKey(input: {{name: \"{roles}\", roles: [{roles}]}}) {{ secret }} }}"
        );
        let secret = owner.data(&make).await["createApiKey"]["secret"].clone();
        let key = world.with_token(secret.as_str().map(str::to_owned));
        let counts = counts(&key).await;
        assert_eq!(counts[0] > 0, sees, "{roles}: {counts:?}");
    }
}

#[tokio::test]
async fn a_role_in_another_tenant_counts_there_only() {
    let world = World::demo().await;
    let consultant = "consultant@agency.test";
    let sql = "UPDATE tenant_users SET roles = '{owner}' WHERE email = $1 AND roles = '{analyst}'";
    let changed = sqlx::query(AssertSqlSafe(sql))
        .bind(consultant)
        .execute(world.admin())
        .await
        .expect("a change");
    assert_eq!(
        changed.rows_affected(),
        1,
        "the consultant is globex's owner now"
    );
    assert!(
        counts(&world.user("acme", consultant))
            .await
            .iter()
            .all(|count| *count == 0)
    );
    assert_eq!(counts(&world.user("globex", consultant)).await[0], 8);
}
