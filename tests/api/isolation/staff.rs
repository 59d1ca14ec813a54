//! Platform staff: what is theirs, and that nothing of a tenant is.

use gateway_tests::Client;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    ids::keys,
    schema::{Case, Field, Schema},
    twins::{Twins, on_twins, rows_of, texts, texts_in},
};

/// What a tenant's user may read and staff, too.
const BOTH: &str = "admin_system_events";
/// What is of tenants, and for staff alone.
const AUDIT: &str = "admin_audit_log";

fn staff(twins: &Twins) -> Client {
    twins
        .world
        .staff(twins.world.demo.as_ref().expect("a demo world").staff.id)
}

/// The user's staff token is refused as a whole.
async fn assert_refused(client: &Client) {
    let answer = client.query("{ vpsInstances { totalCount } }").await;
    assert_eq!(
        (answer.status, answer.code(), answer.body.get("data")),
        (403, "FORBIDDEN", None),
        "{:#}",
        answer.body
    );
}

#[test]
fn staff_read_what_is_for_staff() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut read = 0;
        for (field, table, node) in schema.lists() {
            if twins.visible(&table).is_some() && table != BOTH {
                continue;
            }
            let answer = staff(twins)
                .data(&format!(
                    "{{ list: {}(first: 200) {{ totalCount nodes {{ id }} }} }}",
                    field.name
                ))
                .await;
            let (key, tier) = (
                twins.catalog.table(&table).key(),
                twins.catalog.table(&table).tier,
            );
            let mut expected = texts_in(
                &twins.world,
                tier,
                &format!("SELECT {key}::text FROM {table}"),
            )
            .await;
            let mut found = keys(&answer["list"]["nodes"]);
            expected.sort_unstable();
            found.sort_unstable();
            assert!(
                !expected.is_empty() && found == expected,
                "{}: {found:?}, not {expected:?}",
                field.name
            );
            if table != BOTH && table != AUDIT {
                nothing_of_a_tenant(twins, field, &node).await;
            }
            read += 1;
        }
        assert!(read > 6, "only {read} lists");
        let answer = staff(twins).data("{ systemConfig { key } }").await;
        assert!(
            !answer["systemConfig"]
                .as_array()
                .expect("a list")
                .is_empty()
        );
    });
}

/// From what is for staff no relation leads to a tenant's rows: those that would are refused.
async fn nothing_of_a_tenant(twins: &Twins, field: &Field, node: &str) {
    let schema = Schema::served();
    let ask = async |depth| {
        let query = format!("{{ list: {} {} }}", field.name, schema.page(node, depth));
        staff(twins).query(&query).await
    };
    let (near, far) = (ask(1).await.data(), ask(3).await.body);
    let errors = far["errors"].as_array().into_iter().flatten();
    for error in errors {
        assert_eq!(
            error["extensions"]["code"], "FORBIDDEN",
            "{}: {error}",
            field.name
        );
    }
    twins.own.assert_absent(&near, &field.name);
    twins.own.assert_absent(&far, &field.name);
}

/// Of people, staff see staff.
#[test]
fn staff_see_no_tenants_people() {
    on_twins(async |twins| {
        let users = staff(twins)
            .data("{ users { totalCount nodes { id } } }")
            .await["users"]
            .take();
        let colleagues = texts(&twins.world, "SELECT user_id::text FROM staff_members").await;
        assert_eq!(
            (keys(&users["nodes"]), &users["totalCount"]),
            (colleagues, &1.into())
        );
        for key in twins.visible_keys("users", "true").await {
            let query = "query($id: ID!) { user(id: $id) { id } }";
            let found = staff(twins).data_with(query, json!({ "id": key })).await;
            assert_eq!(found["user"], Value::Null);
        }
    });
}

#[test]
fn staff_read_nothing_of_a_tenant() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let mut refused = 0;
        for field in schema.queries() {
            let query = match schema.case(field) {
                Some(Case::List { table, .. }) if is_tenants(twins, &table) => format!(
                    "{{ found: {} {{ totalCount nodes {{ id }} }} }}",
                    field.name
                ),
                Some(Case::Row { table }) if is_tenants(twins, &table) => {
                    let own = twins.visible_keys(&table, "true").await;
                    format!("{{ found: {}(id: \"{}\") {{ id }} }}", field.name, own[0])
                }
                Some(Case::Own) => format!("{{ found: {} {{ id }} }}", field.name),
                _ => continue,
            };
            let answer = staff(twins).query(&query).await;
            assert_eq!(answer.body["data"]["found"], Value::Null, "{query}");
            assert_eq!(answer.code(), "FORBIDDEN", "{query}: {:#}", answer.body);
            refused += 1;
        }
        assert!(refused > 25, "only {refused} root fields");
        let viewer = staff(twins)
            .data("{ viewer { tenant { id } roles otherTenants { id } } }")
            .await["viewer"]
            .take();
        assert_eq!(
            viewer,
            json!({ "tenant": null, "roles": [], "otherTenants": [] })
        );
    });
}

fn is_tenants(twins: &Twins, table: &str) -> bool {
    let found = twins.catalog.table(table);
    table != BOTH && table != "users" && found.grants("SELECT") && rows_of(found, twins.a).is_some()
}

#[test]
fn staff_read_what_everyone_reads() {
    on_twins(async |twins| {
        let answer = staff(twins)
            .data("{ plans { totalCount } featureFlags { totalCount } }")
            .await;
        for list in ["plans", "featureFlags"] {
            assert!(answer[list]["totalCount"].as_u64() > Some(0), "{list}");
        }
    });
}

#[tokio::test]
async fn a_staff_token_is_for_active_staff_only() {
    let twins = Twins::new().await;
    let demo = twins.world.demo.as_ref().expect("a demo world");
    assert_refused(&twins.world.staff(Uuid::now_v7())).await;
    for user in &demo.tenants[0].users {
        assert_refused(&twins.world.staff(user.id)).await;
    }
    let id = demo.staff.id;
    for (removal, undone) in [
        (
            "users SET deleted = now() WHERE id",
            "users SET deleted = NULL WHERE id",
        ),
        (
            "staff_members SET is_active = false WHERE user_id",
            "staff_members SET is_active = true WHERE user_id",
        ),
    ] {
        staff(&twins).data("{ vpsInstances { totalCount } }").await;
        change(&twins, format!("UPDATE {removal} = '{id}'")).await;
        assert_refused(&staff(&twins)).await;
        change(&twins, format!("UPDATE {undone} = '{id}'")).await;
    }
    change(&twins, "DELETE FROM staff_role_permissions".to_owned()).await;
    assert_refused(&staff(&twins)).await;
}

async fn change(twins: &Twins, sql: String) {
    let changed = sqlx::query(AssertSqlSafe(sql))
        .execute(twins.world.admin())
        .await;
    assert!(changed.expect("a change").rows_affected() > 0);
}

#[tokio::test]
async fn staff_see_no_more_than_their_role_permits() {
    let (twins, schema) = (Twins::new().await, Schema::served());
    let sql = "DELETE FROM staff_role_permissions WHERE permission_id <> (SELECT id FROM permissions WHERE name = 'infrastructure.read')";
    change(&twins, sql.to_owned()).await;
    for (field, table, _) in schema.lists() {
        if twins.visible(&table).is_some() && table != BOTH {
            continue;
        }
        let answer = staff(&twins)
            .data(&format!(
                "{{ list: {} {{ totalCount nodes {{ id }} }} }}",
                field.name
            ))
            .await;
        let permitted = ["vps_instances", "smtp_ip_addresses"].contains(&&*table);
        assert_eq!(
            answer["list"]["totalCount"].as_u64() > Some(0),
            permitted,
            "{}",
            field.name
        );
        assert_eq!(
            keys(&answer["list"]["nodes"]).is_empty(),
            !permitted,
            "{}",
            field.name
        );
    }
    assert_eq!(
        staff(&twins).data("{ systemConfig { key } }").await["systemConfig"],
        json!([])
    );
}

#[tokio::test]
async fn a_member_of_staff_in_a_tenant_is_that_tenants_member_only() {
    let twins = Twins::new().await;
    let ops = twins.world.demo.as_ref().expect("a demo world").staff.id;
    let sql = format!(
        "INSERT INTO tenant_users (tenant_id, user_id, roles) VALUES ('{}', '{ops}', '{{member}}')",
        twins.a
    );
    change(&twins, sql).await;
    let member = twins.world.client(twins.a, ops);
    for list in [
        "vpsInstances",
        "smtpIpAddresses",
        "staffMembers",
        "staffRoles",
        "permissions",
    ] {
        assert_eq!(
            member
                .query(&format!("{{ {list} {{ totalCount }} }}"))
                .await
                .code(),
            "FORBIDDEN",
            "{list}"
        );
    }
    let events = member
        .data("{ adminSystemEvents { totalCount nodes { id } } campaigns { totalCount } }")
        .await;
    assert_eq!(
        (
            &events["adminSystemEvents"]["totalCount"],
            &events["campaigns"]["totalCount"]
        ),
        (&0.into(), &14.into())
    );
}
