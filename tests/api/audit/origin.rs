//! An entry says from where somebody acted.

use entity::id::InvitationId;
use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Heard, Options, Socket, World};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    closed::changed,
    recording::{quiet, work},
    tenant,
};

/// What a client says of itself; nothing of it may end a quote.
const AGENT: &str = "Billing tool/1.0 ('; DROP TABLE users; --)";
/// As a proxy hands it on: what stands before the last address anybody could have written.
const FORWARDED: &str = "198.51.100.9, 203.0.113.7";

const CHANGE: &str =
    "mutation { updateTenantPolicy(input: {passwordMinLength: 31}) { tenantPolicy { id } } }";

/// A gateway behind a proxy on this machine.
async fn behind_a_proxy() -> World {
    let settings = Settings {
        trusted_proxies: Some(vec!["127.0.0.0/8".parse().expect("a network")]),
        ..Settings::default()
    };
    quiet(Options {
        settings,
        ..Options::default()
    })
    .await
}

async fn send(client: &Client, query: &str, more: &[(&'static str, &str)]) -> Answer {
    let mut request = client
        .request(Method::POST, "/graphql")
        .header("x-forwarded-for", FORWARDED)
        .header("user-agent", AGENT);
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    client.send(request.json(&json!({ "query": query }))).await
}

fn origin(entry: &Value) -> (&Value, &Value) {
    (&entry["ip_address"], &entry["user_agent"])
}

#[tokio::test]
async fn a_mutation_is_recorded_with_the_clients_address_behind_a_proxy() {
    let world = behind_a_proxy().await;
    send(&world.owner("acme"), CHANGE, &[]).await.data();
    let entries = work(&world, 1).await;
    assert_eq!(
        origin(&entries[0]),
        (&json!("203.0.113.7"), &json!(AGENT)),
        "{}",
        entries[0]
    );
}

#[tokio::test]
async fn whom_no_proxy_vouches_for_is_recorded_as_the_other_end() {
    let world = quiet(Options::default()).await;
    send(&world.owner("acme"), CHANGE, &[]).await.data();
    let entries = work(&world, 1).await;
    assert_eq!(
        origin(&entries[0]),
        (&json!("127.0.0.1"), &json!(AGENT)),
        "{}",
        entries[0]
    );
}

#[tokio::test]
async fn a_mutation_on_a_socket_is_recorded_with_where_the_socket_came_from() {
    let world = behind_a_proxy().await;
    let owner = world.owner("acme");
    let token = format!("Bearer {}", owner.token().expect("a token"));
    let headers = [
        ("sec-websocket-protocol", gateway_tests::PROTOCOL),
        ("authorization", &*token),
        ("x-forwarded-for", FORWARDED),
        ("user-agent", AGENT),
    ];
    let mut socket = Socket::open(&owner, &headers).await.expect("a socket");
    socket.send(json!({ "type": "connection_init" })).await;
    let acknowledged = Heard::Message(json!({ "type": "connection_ack" }));
    assert_eq!(socket.hear().await, acknowledged);
    socket.ask("1", CHANGE).await;
    socket.data("1").await;
    let entries = work(&world, 1).await;
    assert_eq!(
        origin(&entries[0]),
        (&json!("203.0.113.7"), &json!(AGENT)),
        "{}",
        entries[0]
    );
}

#[tokio::test]
async fn staff_who_look_into_a_tenant_are_recorded_with_where_they_are() {
    let world = behind_a_proxy().await;
    let staff = world.staff(world.demo.as_ref().expect("a demo").staff.id);
    let acme = tenant(&world, "acme").to_string();
    let headers = [("x-tenant-id", &*acme), ("x-staff-reason", "Ticket 7")];
    let query = "{ leads(first: 1) { totalCount } }";
    send(&staff, query, &headers).await.data();
    let entries = work(&world, 1).await;
    assert_eq!(
        origin(&entries[0]),
        (&json!("203.0.113.7"), &json!(AGENT)),
        "{}",
        entries[0]
    );
}

#[tokio::test]
async fn who_accepts_an_invitation_is_recorded_in_the_tenant_that_invited() {
    let world = behind_a_proxy().await;
    let invite = "mutation { createInvitation(input: {email: \"admin@globex.test\", roles: [MEMBER]}) { invitation { id } } }";
    let invited = world.owner("acme").data(invite).await;
    let id = invited["createInvitation"]["invitation"]["id"].clone();
    let client = world.user("globex", "admin@globex.test");
    let accept =
        format!("mutation {{ acceptInvitation(input: {{id: {id}}}) {{ tenant {{ id }} }} }}");
    send(&client, &accept, &[]).await.data();
    let entries = work(&world, 1).await;
    let user: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM users WHERE email = 'admin@globex.test'")
            .fetch_one(world.admin())
            .await
            .expect("a user");
    let entry = &entries[0];
    assert_eq!(
        json!([
            entry["action"],
            entry["resource_type"],
            entry["resource_id"],
            entry["tenant_id"],
            entry["admin_user_id"],
            entry["new_values"]
        ]),
        json!(["invitation.accepted", "invitations", id, tenant(&world, "acme"), user, {"roles": ["member"]}])
    );
    assert_eq!(
        origin(entry),
        (&json!("203.0.113.7"), &json!(AGENT)),
        "{entry}"
    );
}

/// The login role has no way in that leaves no trace, and says nothing of others by the one that there is.
#[tokio::test]
async fn nobody_joins_unrecorded_nor_reports_what_somebody_else_did() {
    let world = quiet(Options::default()).await;
    let refused = Err("42501".to_owned());
    let id = uuid::Uuid::from(InvitationId::new());
    let unrecorded = format!("SELECT accept_invitation('{id}')");
    let done = changed(
        world.admin(),
        "BEGIN; SET LOCAL ROLE gateway_login",
        &unrecorded,
    )
    .await;
    assert_eq!(done, refused);
    let acme = tenant(&world, "acme");
    let owner =
        format!("BEGIN; SET LOCAL ROLE gateway_owner; SET LOCAL app.current_user_id = '{acme}'");
    let report = format!(
        "INSERT INTO outbox (tenant_id, topic, payload) VALUES ('{acme}', 'audit.recorded',
            jsonb_build_object('action', 'invitation.accepted', 'userId', '{acme}'))"
    );
    assert_eq!(changed(world.admin(), &owner, &report).await, refused);
}
