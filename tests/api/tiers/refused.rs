//! Who is no member is none in any tier.

use gateway_tests::World;
use reqwest::Method;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::isolation::twins::one;

const LEADS: &str = "{ leads(first: 1) { totalCount } }";
const JOBS: &str = "{ jobs(first: 1) { totalCount } }";

#[tokio::test]
async fn who_was_removed_and_who_never_was_a_member_is_refused_alike() {
    let world = World::demo().await;
    let demo = world.demo.as_ref().expect("a demo");
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let member = world.user("acme", "member@acme.test");
    member.data(JOBS).await;
    let removed = "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'member@acme.test')";
    let done = sqlx::query(AssertSqlSafe(removed))
        .execute(world.admin())
        .await;
    done.expect("a removal");
    let stranger = world.client(globex.id, acme.users[0].id);
    for client in [member, stranger] {
        let [leads, jobs] = [client.query(LEADS).await, client.query(JOBS).await];
        assert_eq!(leads.code(), "FORBIDDEN");
        assert_eq!((jobs.status, jobs.body), (leads.status, leads.body));
    }
}

#[tokio::test]
async fn staff_in_a_tenant_are_recorded_whatever_tier_they_read() {
    let world = World::demo().await;
    let demo = world.demo.as_ref().expect("a demo");
    let (staff, acme) = (world.staff(demo.staff.id), demo.tenants[0].id);
    let records = "SELECT count(*) FROM outbox WHERE topic = 'staff.acted'";
    for (number, query) in (1..).zip([LEADS, JOBS]) {
        let request = staff
            .request(Method::POST, "/graphql")
            .header("x-tenant-id", acme.to_string())
            .header("x-staff-reason", "a test")
            .json(&json!({ "query": query }));
        staff.send(request).await.data();
        assert_eq!(one::<i64>(&world, records).await, number, "{query}");
    }
    // Without a tenant neither.
    for query in [LEADS, JOBS] {
        assert_eq!(staff.query(query).await.code(), "FORBIDDEN", "{query}");
    }
}

#[tokio::test]
async fn a_key_reads_and_writes_in_every_tier_until_it_is_revoked() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let make = async |read_only: bool| {
        let make = format!(
            "mutation {{ createApiKey(input: {{name: \"k\", roles: [OWNER], readOnly: {read_only}}}) {{ secret apiKey {{ id }} }} }}"
        );
        let made = owner.data(&make).await["createApiKey"].take();
        let secret = made["secret"].as_str().map(str::to_owned);
        (world.with_token(secret), made["apiKey"]["id"].clone())
    };
    let write = "mutation { replayJobs(input: {filter: {}, atMost: 100}) { count } }";
    let (reader, _) = make(true).await;
    reader.data(JOBS).await;
    assert_eq!(reader.query(write).await.code(), "FORBIDDEN");
    let (writer, id) = make(false).await;
    let replayed = writer.data(write).await["replayJobs"]["count"].take();
    assert_eq!(replayed, gateway_tests::JOBS / 5);
    let revoke = format!("mutation {{ revokeApiKey(input: {{id: {id}}}) {{ apiKey {{ id }} }} }}");
    owner.data(&revoke).await;
    let [leads, jobs] = [writer.query(LEADS).await, writer.query(JOBS).await];
    assert_ne!(leads.code(), "");
    assert_eq!((jobs.status, jobs.body), (leads.status, leads.body));
}
