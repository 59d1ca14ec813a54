//! A user who names no tenant: sees which there are, and nothing of them.

use gateway_tests::World;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    schema::{Case, Schema},
    twins::{Twins, on_twins, one},
};

async fn id(world: &World, email: &str) -> Uuid {
    one(
        world,
        &format!("SELECT id FROM users WHERE email = '{email}'"),
    )
    .await
}

#[test]
fn the_tenants_of_a_user_are_listed_and_nothing_else_is_said() {
    on_twins(async |twins| {
        let world = &twins.world;
        let ask = async |email: &str| {
            let client = world.in_no_tenant(id(world, email).await);
            client
                .data("{ viewer { user { id } tenant { id } roles permissions otherTenants { name } } }")
                .await["viewer"]
                .take()
        };
        let viewer = |tenants: Value| json!({ "user": null, "tenant": null, "roles": [], "permissions": [], "otherTenants": tenants });
        assert_eq!(
            ask("owner@globex.test").await,
            viewer(json!([{ "name": "globex" }]))
        );
        assert_eq!(
            ask("consultant@agency.test").await,
            viewer(json!([{ "name": "acme" }, { "name": "globex" }]))
        );
        assert_eq!(
            ask("ops@platform.test").await,
            viewer(json!([])),
            "staff is not said"
        );
    });
}

/// The request that asks for a root field, by the shape that it has.
async fn query(twins: &Twins, schema: &Schema, field: &super::schema::Field) -> Option<String> {
    let name = &field.name;
    Some(match schema.case(field)? {
        Case::List { .. } => format!("{{ found: {name} {{ totalCount nodes {{ id }} }} }}"),
        Case::Row { table } => {
            let key = match twins.visible(&table) {
                Some(_) => twins.visible_keys(&table, "true").await[0].clone(),
                None => Uuid::now_v7().to_string(),
            };
            format!("{{ found: {name}(id: \"{key}\") {{ id }} }}")
        }
        Case::Own => format!("{{ found: {name} {{ id }} }}"),
    })
}

#[test]
fn a_user_in_no_tenant_reads_nothing_of_one() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let client = twins
            .world
            .in_no_tenant(id(&twins.world, "owner@acme.test").await);
        let mut refused = 0;
        for field in schema.queries() {
            let Some(query) = query(twins, schema, field).await else {
                continue;
            };
            let answer = client.query(&query).await;
            assert_eq!(answer.code(), "FORBIDDEN", "{query}: {:#}", answer.body);
            assert_eq!(answer.body["data"]["found"], Value::Null, "{query}");
            let message = answer.body["errors"][0]["message"]
                .as_str()
                .unwrap_or_default();
            assert!(message.contains("names no tenant"), "{query}: {message}");
            twins.own.assert_absent(&answer.body, &query);
            refused += 1;
        }
        assert!(refused > 30, "only {refused} root fields");
        let answer = client.query("{ systemConfig { key } }").await;
        assert_eq!(answer.code(), "FORBIDDEN");
        let change =
            "mutation { updateUserPreferences(input: {theme: DARK}) { userPreferences { id } } }";
        let answer = client.query(change).await;
        assert_eq!((answer.code(), answer.statements()), ("FORBIDDEN", 0));
        assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    });
}

#[tokio::test]
async fn a_user_who_is_no_more_is_refused_as_a_whole() {
    let world = World::demo().await;
    let owner = id(&world, "owner@acme.test").await;
    let ask = "{ viewer { otherTenants { name } } }";
    world.in_no_tenant(owner).data(ask).await;
    let sql = "UPDATE users SET deleted = now() WHERE email = 'owner@acme.test'";
    sqlx::query(sql)
        .execute(world.admin())
        .await
        .expect("a change");
    for user in [owner, Uuid::now_v7()] {
        let answer = world.in_no_tenant(user).query(ask).await;
        assert_eq!(answer.status, 403);
        assert_eq!(
            answer.body,
            json!({ "errors": [{ "message": "your account is not active", "extensions": { "code": "FORBIDDEN" } }] })
        );
    }
}
