//! Staff who read in a tenant: only by naming it and a reason, and never unseen.

use gateway_tests::{Answer, Client, World};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

const READ: &str = "{ viewer { tenant { name } roles permissions } companies { totalCount } leads(first: 1) { nodes { email } } }";

fn staff(world: &World) -> Client {
    world.staff(world.demo.as_ref().expect("a demo").staff.id)
}

fn tenant(world: &World, name: &str) -> String {
    let demo = world.demo.as_ref().expect("a demo");
    let found = demo.tenants.iter().find(|tenant| tenant.name == name);
    found.expect("a tenant").id.to_string()
}

async fn ask(client: &Client, query: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = client.request(Method::POST, "/graphql");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.json(&json!({ "query": query }))).await
}

/// What the outbox has of staff, oldest first: tenant, user, reason, request.
async fn records(world: &World) -> Vec<(String, Value)> {
    let sql = "SELECT tenant_id::text, payload FROM outbox WHERE topic = 'staff.acted' ORDER BY created, id";
    let rows = sqlx::query_as(sql).fetch_all(world.admin()).await;
    rows.expect("rows")
}

async fn change(world: &World, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql)).execute(world.admin()).await;
    done.expect("a change");
}

#[tokio::test]
async fn staff_read_in_a_tenant_for_a_reason_that_is_recorded() {
    let world = World::demo().await;
    let (acme, staff) = (tenant(&world, "acme"), staff(&world));
    let reason = "Ticket 42: it's \"slow\"; DROP TABLE users; -- \\'";
    let headers = [("x-tenant-id", acme.as_str()), ("x-staff-reason", reason)];
    let answer = ask(&staff, READ, &headers).await;
    let own = world.owner("acme").data(READ).await;
    let data = answer.data();
    assert_eq!(data["viewer"]["tenant"]["name"], "acme");
    assert_eq!(data["viewer"]["roles"], json!([]));
    assert_eq!(data["companies"], own["companies"]);
    assert_eq!(data["leads"], own["leads"]);
    let id = answer.headers["x-request-id"].to_str().expect("text");
    let user = world.demo.as_ref().expect("a demo").staff.id.to_string();
    assert_eq!(
        records(&world).await,
        [(
            acme.clone(),
            json!({ "userId": user, "reason": reason, "requestId": id, "ipAddress": "127.0.0.1", "userAgent": null })
        )]
    );
    // In other letters than ASCII.
    let headers = [
        ("x-tenant-id", acme.as_str()),
        ("x-staff-reason", "%C3%9Cberpr%C3%BCfung"),
    ];
    ask(&staff, READ, &headers).await.data();
    assert_eq!(records(&world).await[1].1["reason"], "Überprüfung");
    // What reads nothing of the tenant is nothing to be recorded.
    ask(&staff, "{ __typename }", &headers).await.data();
    assert_eq!(records(&world).await.len(), 2);
}

#[tokio::test]
async fn staff_without_a_tenant_or_a_reason_read_nothing_of_one() {
    let world = World::demo().await;
    let (acme, staff) = (tenant(&world, "acme"), staff(&world));
    let long = "x".repeat(501);
    for reason in [
        None,
        Some(""),
        Some("  "),
        Some("%00"),
        Some("a%0Ab"),
        Some("%ff"),
        Some(long.as_str()),
    ] {
        let mut headers = vec![("x-tenant-id", acme.as_str())];
        headers.extend(reason.map(|reason| ("x-staff-reason", reason)));
        let answer = ask(&staff, READ, &headers).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_REQUEST"),
            "{reason:?}"
        );
    }
    let answer = ask(
        &staff,
        "{ companies { totalCount } }",
        &[("x-staff-reason", "a reason")],
    )
    .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert_eq!(records(&world).await, []);
}

#[tokio::test]
async fn who_is_no_staff_that_may_is_refused_and_leaves_no_record() {
    let world = World::demo().await;
    let acme = tenant(&world, "acme");
    let headers = [
        ("x-tenant-id", acme.as_str()),
        ("x-staff-reason", "curiosity"),
    ];
    let demo = world.demo.clone().expect("a demo");
    // A token of staff whose user is none.
    for user in [demo.tenants[0].users[0].id, uuid::Uuid::now_v7()] {
        let answer = ask(&world.staff(user), READ, &headers).await;
        assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"), "{user}");
        assert!(answer.body.get("data").is_none());
    }
    // The reason is for staff only; it makes nobody staff.
    let globex = ask(&world.owner("globex"), READ, &headers).await;
    assert_eq!((globex.status, globex.code()), (403, "FORBIDDEN"));
    let staff = staff(&world);
    for tenant in [uuid::Uuid::now_v7().to_string()] {
        let headers = [
            ("x-tenant-id", tenant.as_str()),
            ("x-staff-reason", "curiosity"),
        ];
        let answer = ask(&staff, READ, &headers).await;
        assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
    }
    let without = "DELETE FROM staff_role_permissions WHERE permission_id = (SELECT id FROM permissions WHERE name = 'tenants.read')";
    change(&world, without).await;
    let answer = ask(&staff, READ, &headers).await;
    assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
    // What else staff do is theirs as before.
    staff.data("{ vpsInstances { totalCount } }").await;
    assert_eq!(records(&world).await, []);
}

/// Not by a mutation, and not because a policy forgot it: the transaction reads only, once the record is written.
#[tokio::test]
async fn staff_change_nothing_in_a_tenant() {
    let world = World::demo().await;
    let acme = tenant(&world, "acme");
    let headers = [
        ("x-tenant-id", acme.as_str()),
        ("x-staff-reason", "to help"),
    ];
    let mutation = "mutation { createCompany(input: { name: \"Helped\" }) { company { id } } }";
    let answer = ask(&staff(&world), mutation, &headers).await;
    assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.body);
    let there: i64 = sqlx::query_scalar("SELECT count(*) FROM companies WHERE name = 'Helped'")
        .fetch_one(world.admin())
        .await
        .expect("a count");
    assert_eq!(there, 0);
}

/// What can not be recorded is not read.
#[tokio::test]
async fn staff_read_nothing_unseen() {
    let world = World::demo().await;
    let acme = tenant(&world, "acme");
    let headers = [
        ("x-tenant-id", acme.as_str()),
        ("x-staff-reason", "to help"),
    ];
    change(
        &world,
        "ALTER TABLE outbox ADD CONSTRAINT full_up CHECK (topic <> 'staff.acted') NOT VALID",
    )
    .await;
    let answer = ask(&staff(&world), READ, &headers).await;
    assert!(answer.body["data"].is_null(), "{}", answer.body);
    assert!(!answer.body.to_string().contains("@"), "{}", answer.body);
    change(&world, "ALTER TABLE outbox DROP CONSTRAINT full_up").await;
    // A constraint that fails at the end only, when all has been read.
    change(
        &world,
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
        ",
    )
    .await;
    change(
        &world,
        "CREATE CONSTRAINT TRIGGER refused AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    .await;
    let answer = ask(&staff(&world), READ, &headers).await;
    assert_eq!(answer.status, 500, "{}", answer.body);
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert_eq!(records(&world).await, []);
}
