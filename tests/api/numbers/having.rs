//! `having`: groups by their numbers.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{Tenant, run, tenant};

/// Accounts of three providers: with 1; with 10 and 30; with 5, 6 and 7 emails sent.
async fn accounts(world: &World) -> Tenant {
    let tenant = tenant(world).await;
    let id = tenant.id;
    run(
        world,
        &format!(
            "WITH domain AS (INSERT INTO domains (tenant_id, domain) VALUES ('{id}', 'x.test') RETURNING id)
             INSERT INTO email_accounts (tenant_id, domain_id, email, provider, daily_count)
             SELECT '{id}', domain.id, provider || sent || '@x.test', provider, sent FROM domain,
             (VALUES ('a', 1), ('b', 10), ('b', 30), ('c', 5), ('c', 6), ('c', 7)) v (provider, sent)"
        ),
    )
    .await;
    tenant
}

#[tokio::test]
async fn groups_are_shown_by_each_of_their_numbers() {
    let world = World::empty().await;
    let tenant = accounts(&world).await;
    let query = "query($having: EmailAccountHaving) { emailAccounts { groups(by: [PROVIDER], having: $having) { key { provider } } } }";
    for (having, expected) in [
        (json!(null), json!(["a", "b", "c"])),
        (json!({}), json!(["a", "b", "c"])),
        (json!({ "count": { "gt": 1 } }), json!(["b", "c"])),
        (json!({ "count": { "gt": 1, "lt": 3 } }), json!(["b"])),
        (json!({ "count": { "in": [1, 3] } }), json!(["a", "c"])),
        (
            json!({ "sum": { "dailyCount": { "gte": 18 } } }),
            json!(["b", "c"]),
        ),
        (
            json!({ "sum": { "dailyCount": { "eq": 40 } } }),
            json!(["b"]),
        ),
        (
            json!({ "average": { "dailyCount": { "lt": 6.5 } } }),
            json!(["a", "c"]),
        ),
        (
            json!({ "min": { "dailyCount": { "gte": 5 } } }),
            json!(["b", "c"]),
        ),
        (
            json!({ "max": { "dailyCount": { "lte": 7 } } }),
            json!(["a", "c"]),
        ),
        (
            json!({ "max": { "dailyCount": { "lte": 7 } }, "count": { "ne": 1 }, "average": null }),
            json!(["c"]),
        ),
        (
            json!({ "average": { "dailyCount": { "isNull": true } } }),
            json!([]),
        ),
    ] {
        let data = tenant
            .client
            .data_with(query, json!({ "having": having }))
            .await;
        let groups = data["emailAccounts"]["groups"]
            .as_array()
            .into_iter()
            .flatten();
        let found: Value = groups
            .map(|group| group["key"]["provider"].clone())
            .collect();
        assert_eq!(found, expected, "{having}");
    }
}

#[tokio::test]
async fn sums_and_averages_are_what_they_are_called() {
    let world = World::empty().await;
    let tenant = accounts(&world).await;
    run(&world, "UPDATE email_accounts SET daily_limit = 2147483647").await;
    let query = "{ emailAccounts(filter: {provider: {ne: \"a\"}}) { aggregates {
        sum { dailyCount dailyLimit } average { dailyCount } min { dailyCount email } max { dailyCount email } } } }";
    assert_eq!(
        tenant.client.data(query).await["emailAccounts"]["aggregates"],
        json!({
            "sum": { "dailyCount": 58, "dailyLimit": 10_737_418_235_i64 },
            "average": { "dailyCount": 11.6 },
            "min": { "dailyCount": 5, "email": "b10@x.test" },
            "max": { "dailyCount": 30, "email": "c7@x.test" },
        })
    );
}
