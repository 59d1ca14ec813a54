//! Who listens has to be a member each time, and signed in.

use gateway_tests::{EventStream, Heard, Socket, World};
use serde_json::json;
use tenant::Identity;

use super::{CAMPAIGNS, create, told};

const REMOVE: &str = "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'member@acme.test')";

#[tokio::test]
async fn a_member_who_was_removed_is_told_nothing_more() {
    let world = World::demo().await;
    let (owner, member) = (world.owner("acme"), world.user("acme", "member@acme.test"));
    let mut socket = Socket::signed_in(&member).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let mut stream = EventStream::subscribe(&member, CAMPAIGNS).await;
    let id = create(&owner, "Before").await;
    let expected = told("CREATED", &id, Some("Before"));
    assert_eq!(socket.data("1").await, expected);
    assert_eq!(stream.data().await, expected);
    sqlx::raw_sql(REMOVE)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    create(&owner, "After").await;
    let reason = "you are not an active member of this tenant".to_owned();
    assert_eq!(socket.hear().await, Heard::Closed(4403, reason));
    let (_, answer) = stream.next().await.expect("an event");
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{answer}"
    );
    assert!(answer.get("data").is_none(), "{answer}");
    assert_eq!(
        stream.next().await.map(|(event, _)| event).as_deref(),
        Some("complete")
    );
    assert!(stream.next().await.is_none());
}

/// A deletion shows no row, so nothing would be read that asks for the membership.
#[tokio::test]
async fn a_member_who_was_removed_is_not_told_of_what_is_deleted() {
    let world = World::demo().await;
    let (owner, member) = (world.owner("acme"), world.user("acme", "member@acme.test"));
    let id = create(&owner, "Deleted").await;
    let mut socket = Socket::signed_in(&member).await;
    socket.subscribe("1", CAMPAIGNS).await;
    sqlx::raw_sql(REMOVE)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    super::delete(&owner, &id).await;
    assert!(matches!(socket.hear().await, Heard::Closed(4403, _)));
}

#[tokio::test]
async fn somebody_who_is_no_member_can_not_begin() {
    let world = World::demo().await;
    sqlx::raw_sql(REMOVE)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    let member = world.user("acme", "member@acme.test");
    let mut socket = Socket::signed_in(&member).await;
    socket.ask("1", CAMPAIGNS).await;
    assert!(matches!(socket.hear().await, Heard::Closed(4403, _)));
    let body = json!({ "query": CAMPAIGNS });
    let request = member
        .request(reqwest::Method::POST, "/graphql")
        .json(&body);
    let answer = member
        .send(request.header("accept", "text/event-stream"))
        .await;
    assert_eq!((answer.status, answer.code()), (403, "FORBIDDEN"));
}

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let world = World::demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let identity = Identity::Member {
        tenant: demo.tenants[0].id.into(),
        user: demo.tenants[0].users[0].id.into(),
    };
    let client = world.signed_in_for(identity, 6);
    let mut socket = Socket::signed_in(&client).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let mut stream = EventStream::subscribe(&client, CAMPAIGNS).await;
    let expired = Heard::Closed(4403, "the token has expired".to_owned());
    assert_eq!(socket.hear().await, expired);
    let (_, answer) = stream.next().await.expect("an event");
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{answer}"
    );
    assert_eq!(
        stream.next().await.map(|(event, _)| event).as_deref(),
        Some("complete")
    );
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_analyst_is_told_of_what_others_do() {
    let world = World::demo().await;
    let analyst = world.user("acme", "analyst@acme.test");
    let mut socket = Socket::signed_in(&analyst).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let id = create(&world.owner("acme"), "Seen").await;
    assert_eq!(socket.data("1").await, told("CREATED", &id, Some("Seen")));
}

#[tokio::test]
async fn a_tool_is_told_until_its_key_is_revoked() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let make = "mutation { createApiKey(input: {name: \"Listens\", roles: [MEMBER]}) { secret apiKey { id } } }";
    let made = owner.data(make).await["createApiKey"].clone();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    let mut socket = Socket::signed_in(&world.with_token(Some(secret))).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let id = create(&owner, "Before").await;
    assert_eq!(socket.data("1").await, told("CREATED", &id, Some("Before")));
    let revoke = "mutation ($id: ID!) { revokeApiKey(input: {id: $id}) { apiKey { id } } }";
    owner
        .data_with(revoke, json!({ "id": made["apiKey"]["id"] }))
        .await;
    create(&owner, "After").await;
    assert!(matches!(socket.hear().await, Heard::Closed(4403, _)));
}

/// Whatever staff are told of a tenant is recorded, and so is that they began to listen.
#[tokio::test]
async fn staff_who_listen_leave_a_record_of_each_event() {
    let world = World::demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let staff = world.staff(demo.staff.id);
    let tenant = entity::id::TenantId::from(demo.tenants[0].id).to_string();
    let token = format!("Bearer {}", staff.token().expect("a token"));
    let mut socket = Socket::spoken(&staff).await;
    let payload =
        json!({ "Authorization": token, "X-Tenant-Id": tenant, "X-Staff-Reason": "Ticket 7" });
    socket
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    let acknowledged = json!({ "type": "connection_ack" });
    assert_eq!(socket.hear().await, Heard::Message(acknowledged));
    socket.subscribe("1", CAMPAIGNS).await;
    let owner = world.owner("acme");
    for name in ["One", "Two"] {
        let id = create(&owner, name).await;
        assert_eq!(socket.data("1").await, told("CREATED", &id, Some(name)));
    }
    let records: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM outbox WHERE topic = 'staff.acted' AND payload->>'reason' = 'Ticket 7'",
    )
    .fetch_one(world.admin())
    .await
    .expect("a count");
    assert_eq!(records, 3);
}
