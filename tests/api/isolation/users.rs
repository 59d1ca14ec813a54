//! A user who names no tenant: sees which there are, and nothing of them.

use gateway_tests::{Client, World};
use reqwest::Method;
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

#[tokio::test]
async fn a_user_of_several_tenants_names_one_by_a_header() {
    let world = World::demo().await;
    let consultant = id(&world, "consultant@agency.test").await;
    let client = world.in_no_tenant(consultant);
    let ask = async |client: &Client, tenant: &str| {
        let request = client.request(Method::POST, "/graphql");
        let query =
            json!({ "query": "{ viewer { tenant { name } } companies { nodes { name } } }" });
        client
            .send(request.header("X-Tenant-Id", tenant).json(&query))
            .await
    };
    let tenants = client.data("{ viewer { otherTenants { id name } } }").await;
    let tenants = tenants["viewer"]["otherTenants"]
        .as_array()
        .expect("a list")
        .clone();
    assert_eq!(tenants.len(), 2);
    for tenant in &tenants {
        let (key, name) = (tenant["id"].as_str().expect("an id"), &tenant["name"]);
        let answer = ask(&client, key).await;
        assert_eq!(&answer.body["data"]["viewer"]["tenant"]["name"], name);
        let own = world.user(name.as_str().expect("a name"), "consultant@agency.test");
        let expected = own.data("{ companies { nodes { name } } }").await;
        assert_eq!(answer.body["data"]["companies"], expected["companies"]);
        assert!(
            !expected["companies"]["nodes"]
                .as_array()
                .expect("a list")
                .is_empty()
        );
    }
    // Membership is the database's to say, whatever the header does.
    for tenant in [Uuid::now_v7(), id_of(&world, "acme").await] {
        let stranger = world.in_no_tenant(id(&world, "owner@globex.test").await);
        let answer = ask(&stranger, &tenant.to_string()).await;
        assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
        assert!(answer.body.get("data").is_none(), "{:#}", answer.body);
    }
    let globex = id_of(&world, "globex").await.to_string();
    for (client, tenant, status) in [
        (&client, "acme", 400),
        (&client, "", 400),
        (&world.owner("acme"), globex.as_str(), 403),
        (&world.staff(consultant), globex.as_str(), 400),
    ] {
        let answer = ask(client, tenant).await;
        assert_eq!(
            (answer.status, answer.statements()),
            (status, 0),
            "{tenant}: {:#}",
            answer.body
        );
    }
    let acme = id_of(&world, "acme").await.to_string();
    assert_eq!(ask(&world.owner("acme"), &acme).await.status, 200);
}

async fn id_of(world: &World, tenant: &str) -> Uuid {
    one(
        world,
        &format!("SELECT id FROM tenants WHERE name = '{tenant}'"),
    )
    .await
}
