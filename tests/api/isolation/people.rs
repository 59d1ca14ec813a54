//! Who may ask in a tenant, and whom a tenant's user sees.

use gateway_tests::{Answer, Client, World};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::twins::on_twins;

fn tenant(world: &World, name: &str) -> Uuid {
    let demo = world.demo.as_ref().expect("a demo world");
    demo.tenants
        .iter()
        .find(|tenant| tenant.name == name)
        .expect("a demo tenant")
        .id
}

fn user(world: &World, tenant: &str, email: &str) -> Uuid {
    let demo = world.demo.as_ref().expect("a demo world");
    let tenant = demo
        .tenants
        .iter()
        .find(|found| found.name == tenant)
        .expect("a demo tenant");
    tenant
        .users
        .iter()
        .find(|found| found.email == email)
        .expect("a demo user")
        .id
}

async fn change(world: &World, sql: String) {
    let changed = sqlx::query(AssertSqlSafe(sql))
        .execute(world.admin())
        .await
        .expect("a change");
    assert_eq!(changed.rows_affected(), 1);
}

async fn ask_user(client: &Client, id: Uuid) -> Answer {
    client.query_with("query($id: ID!) { user(id: $id) { email memberships { totalCount nodes { roles tenant { name } } } } }", json!({ "id": id })).await
}

#[test]
fn a_user_of_another_tenant_is_unknown() {
    on_twins(async |twins| {
        let world = &twins.world;
        let stranger = ask_user(
            &world.owner("acme"),
            user(world, "globex", "admin@globex.test"),
        )
        .await;
        let nobody = ask_user(&world.owner("acme"), Uuid::now_v7()).await;
        assert_eq!(stranger.body, json!({ "data": { "user": null } }));
        assert_eq!(
            (stranger.body.clone(), stranger.statements()),
            (nobody.body.clone(), nobody.statements())
        );
    });
}

#[test]
fn who_is_in_two_tenants_is_seen_in_each_as_its_member() {
    on_twins(async |twins| {
        let world = &twins.world;
        let consultant = user(world, "acme", "consultant@agency.test");
        for (tenant, role) in [("acme", "MEMBER"), ("globex", "ANALYST")] {
            assert_eq!(
                ask_user(&world.owner(tenant), consultant).await.data()["user"],
                json!({
                    "email": "consultant@agency.test",
                    "memberships": { "totalCount": 1, "nodes": [{ "roles": [role], "tenant": { "name": tenant } }] },
                })
            );
        }
    });
}

#[test]
fn preferences_are_for_the_users_own_eyes() {
    on_twins(async |twins| {
        let world = &twins.world;
        let (admin, owner) = (world.user("acme", "admin@acme.test"), world.owner("acme"));
        let id = admin.data("{ userPreferences { id } }").await["userPreferences"]["id"].clone();
        let node = async |client: &Client| {
            client
                .data_with(
                    "query($id: ID!) { node(id: $id) { id } }",
                    json!({ "id": id }),
                )
                .await["node"]
                .take()
        };
        assert_eq!(node(&admin).await["id"], id);
        assert_eq!(
            node(&owner).await,
            Value::Null,
            "a member of the same tenant"
        );
        let seen = owner
            .data("{ users { nodes { email preferences { user { email } } } } }")
            .await;
        for user in seen["users"]["nodes"].as_array().expect("a list") {
            let own = user["email"] == "owner@acme.test";
            let expected = if own {
                json!({ "user": { "email": "owner@acme.test" } })
            } else {
                Value::Null
            };
            assert_eq!(user["preferences"], expected, "{}", user["email"]);
        }
    });
}

async fn other_tenants(client: &Client) -> Value {
    client.data("{ viewer { otherTenants { name } } }").await["viewer"]["otherTenants"].take()
}

#[tokio::test]
async fn other_tenants_are_those_of_ones_own_live_memberships() {
    let world = World::demo().await;
    let consultant = "consultant@agency.test";
    assert_eq!(
        other_tenants(&world.user("acme", consultant)).await,
        json!([{ "name": "globex" }])
    );
    assert_eq!(
        other_tenants(&world.user("globex", consultant)).await,
        json!([{ "name": "acme" }])
    );
    assert_eq!(other_tenants(&world.owner("acme")).await, json!([]));

    let (globex, id) = (tenant(&world, "globex"), user(&world, "acme", consultant));
    change(&world, format!("UPDATE tenant_users SET deleted = now() WHERE tenant_id = '{globex}' AND user_id = '{id}'")).await;
    assert_eq!(
        other_tenants(&world.user("acme", consultant)).await,
        json!([]),
        "removed from the other tenant"
    );
    change(&world, format!("UPDATE tenant_users SET deleted = NULL WHERE tenant_id = '{globex}' AND user_id = '{id}'")).await;
    change(
        &world,
        format!("UPDATE tenants SET deleted = now() WHERE id = '{globex}'"),
    )
    .await;
    assert_eq!(
        other_tenants(&world.user("acme", consultant)).await,
        json!([]),
        "the other tenant is removed"
    );
}

async fn assert_refused(client: &Client) {
    for query in [
        "{ campaigns { totalCount } }",
        "{ viewer { roles } }",
        "mutation { updateUserPreferences(input: {theme: DARK}) { userPreferences { id } } }",
    ] {
        let answer = client.query(query).await;
        assert_eq!(answer.status, 403, "{query}: {:#}", answer.body);
        assert_eq!(
            answer.body,
            json!({ "errors": [{ "message": "you are not an active member of this tenant", "extensions": { "code": "FORBIDDEN" } }] })
        );
    }
}

#[test]
fn a_token_of_a_tenant_one_is_no_member_of_is_refused() {
    on_twins(async |twins| {
        let world = &twins.world;
        let owner = user(world, "acme", "owner@acme.test");
        for tenant in [tenant(world, "globex"), Uuid::now_v7()] {
            assert_refused(&world.client(tenant, owner)).await;
        }
        assert_refused(&world.client(tenant(world, "acme"), Uuid::now_v7())).await;
    });
}

#[tokio::test]
async fn a_removed_member_tenant_or_user_is_refused_from_the_next_request_on() {
    let world = World::demo().await;
    let (acme, globex) = (tenant(&world, "acme"), tenant(&world, "globex"));
    let (member, admin) = (
        user(&world, "acme", "member@acme.test"),
        user(&world, "acme", "admin@acme.test"),
    );
    let removals = [
        (
            world.client(acme, member),
            format!(
                "UPDATE tenant_users SET deleted = now() WHERE tenant_id = '{acme}' AND user_id = '{member}'"
            ),
        ),
        (
            world.client(acme, admin),
            format!("UPDATE users SET deleted = now() WHERE id = '{admin}'"),
        ),
        (
            world.owner("globex"),
            format!("UPDATE tenants SET deleted = now() WHERE id = '{globex}'"),
        ),
    ];
    for (client, removal) in removals {
        client.data("{ campaigns { totalCount } }").await;
        change(&world, removal).await;
        assert_refused(&client).await;
    }
    world
        .owner("acme")
        .data("{ campaigns { totalCount } }")
        .await;
}
