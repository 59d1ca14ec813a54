//! `graphql-transport-ws`: messages, and the codes with which a socket is closed.

use futures::future::join;
use gateway_tests::{Heard, Live, Options, PROTOCOL, Socket, World};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{CAMPAIGNS, create, told};

fn message(message: Value) -> Heard {
    Heard::Message(message)
}

fn code(heard: &Heard) -> u16 {
    match heard {
        Heard::Closed(code, _) => *code,
        other => panic!("not closed: {other:?}"),
    }
}

async fn init(socket: &mut Socket, payload: Value) -> Heard {
    let init = json!({ "type": "connection_init", "payload": payload });
    socket.send(init).await;
    socket.hear().await
}

#[tokio::test]
async fn queries_mutations_and_subscriptions_share_a_socket() {
    let world = World::demo().await;
    let mut socket = Socket::signed_in(&world.owner("acme")).await;
    socket.subscribe("events", CAMPAIGNS).await;
    socket
        .ask("query", "{ tenant { name } viewer { __typename } }")
        .await;
    let Heard::Message(refused) = socket.hear().await else {
        panic!("a message");
    };
    assert_eq!(
        (&refused["id"], &refused["type"]),
        (&json!("query"), &json!("error")),
        "{refused}"
    );
    assert_eq!(
        refused["payload"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    // The id is free again.
    socket.ask("query", "{ tenants { nodes { name } } }").await;
    let expected = json!({ "tenants": { "nodes": [{ "name": "acme" }] } });
    assert_eq!(socket.data("query").await, expected);
    assert_eq!(
        socket.hear().await,
        message(json!({ "id": "query", "type": "complete" }))
    );
    socket
        .ask(
            "write",
            "mutation { createCampaign(input: {name: \"Socket\"}) { campaign { id } } }",
        )
        .await;
    let Heard::Message(answer) = socket.hear().await else {
        panic!("a message");
    };
    let id = answer["payload"]["data"]["createCampaign"]["campaign"]["id"].as_str();
    let id = id.unwrap_or_else(|| panic!("{answer}"));
    assert_eq!(answer["payload"]["extensions"]["transaction"], "committed");
    assert_eq!(
        socket.hear().await,
        message(json!({ "id": "write", "type": "complete" }))
    );
    assert_eq!(
        socket.data("events").await,
        told("CREATED", id, Some("Socket"))
    );
}

#[tokio::test]
async fn a_subscription_that_was_completed_is_told_nothing_more() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    for id in ["1", "2"] {
        socket.subscribe(id, CAMPAIGNS).await;
    }
    socket.send(json!({ "id": "1", "type": "complete" })).await;
    // One that is not there has ended already.
    socket.send(json!({ "id": "3", "type": "complete" })).await;
    socket
        .send(json!({ "type": "ping", "payload": { "mark": 1 } }))
        .await;
    assert_eq!(
        socket.hear().await,
        message(json!({ "type": "pong", "payload": { "mark": 1 } }))
    );
    let id = create(&owner, "For the other").await;
    assert_eq!(
        socket.data("2").await,
        told("CREATED", &id, Some("For the other"))
    );
    // The id may be used again.
    socket.subscribe("1", CAMPAIGNS).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_subscription_ends_it_and_not_the_socket() {
    let world = World::demo().await;
    let mut socket = Socket::signed_in(&world.owner("acme")).await;
    for (query, code) in [
        (
            "subscription { campaigns { change }",
            "GRAPHQL_PARSE_FAILED",
        ),
        (
            "subscription { campaigns { nothing } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { a: campaigns { id } b: campaigns { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { ...F } fragment F on Live { campaigns { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "subscription ($id: ID!) { campaign(id: $id) { id } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            "subscription { campaign(id: \"lead_01h455vb4pex5vsknk084sn02q\") { id } }",
            "INVALID_ID",
        ),
    ] {
        socket.ask("1", query).await;
        let Heard::Message(message) = socket.hear().await else {
            panic!("a message to {query}");
        };
        assert_eq!(message["type"], "error", "{query}: {message}");
        assert_eq!(
            message["payload"][0]["extensions"]["code"], code,
            "{query}: {message}"
        );
    }
    socket.subscribe("1", CAMPAIGNS).await;
}

#[tokio::test]
async fn what_the_protocol_does_not_know_is_4400() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let subscribe = |payload: Value| json!({ "id": "1", "type": "subscribe", "payload": payload });
    for wrong in [
        Message::text("no JSON"),
        Message::text("[]"),
        Message::text("{}"),
        Message::binary(b"{\"type\":\"ping\"}".to_vec()),
        Message::text(json!({ "type": "start", "id": "1" }).to_string()),
        Message::text(json!({ "type": "subscribe", "payload": { "query": "{ a }" } }).to_string()),
        Message::text(
            json!({ "type": "subscribe", "id": "", "payload": { "query": "{ a }" } }).to_string(),
        ),
        Message::text(subscribe(json!({})).to_string()),
        Message::text(subscribe(json!({ "query": 1 })).to_string()),
        Message::text(subscribe(json!({ "query": "{ a }", "variables": [] })).to_string()),
        Message::text(json!({ "type": "ping", "payload": "text" }).to_string()),
    ] {
        let mut socket = Socket::signed_in(&owner).await;
        socket.send_raw(wrong.clone()).await;
        assert_eq!(code(&socket.hear().await), 4400, "{wrong:?}");
    }
    let mut socket = Socket::spoken(&owner).await;
    socket.send_raw(Message::text("no JSON")).await;
    assert_eq!(code(&socket.hear().await), 4400);
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_is_4401() {
    let world = World::demo().await;
    let mut socket = Socket::spoken(&world.owner("acme")).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, message(json!({ "type": "pong" })));
    socket.ask("1", "{ tenants { totalCount } }").await;
    assert_eq!(code(&socket.hear().await), 4401);
}

#[tokio::test]
async fn a_bad_sign_in_is_4403() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let token = owner.token().expect("a token");
    for payload in [
        Value::Null,
        json!({}),
        json!({ "Authorization": 3 }),
        json!({ "Authorization": token }),
        json!({ "Authorization": format!("Bearer {token}x") }),
        json!({ "Authorization": "Bearer a\nb" }),
        json!({ "Authorization": format!("Bearer {token}"), "X-Tenant-Id": "tnt_01h455vb4pex5vsknk084sn02q" }),
    ] {
        let mut socket = Socket::spoken(&owner).await;
        let heard = init(&mut socket, payload.clone()).await;
        assert_eq!(code(&heard), 4403, "{payload}: {heard:?}");
    }
}

/// A user of several tenants names one; a client that is no browser can sign the upgrade itself.
#[tokio::test]
async fn a_socket_is_signed_in_as_a_request_is() {
    let world = World::demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let (tenant, user) = (demo.tenants[0].id, demo.tenants[0].users[0].id);
    let nobody = world.in_no_tenant(user);
    let tenant = entity::id::TenantId::from(tenant).to_string();
    let token = format!("Bearer {}", nobody.token().expect("a token"));
    let mut named = Socket::spoken(&nobody).await;
    let payload = json!({ "authorization": token, "x-tenant-id": tenant });
    assert_eq!(
        init(&mut named, payload).await,
        message(json!({ "type": "connection_ack" }))
    );
    let headers = [
        ("sec-websocket-protocol", PROTOCOL),
        ("authorization", token.as_str()),
        ("x-tenant-id", tenant.as_str()),
    ];
    let mut signed = Socket::open(&nobody, &headers).await.expect("a socket");
    assert_eq!(
        init(&mut signed, Value::Null).await,
        message(json!({ "type": "connection_ack" }))
    );
    for socket in [&mut named, &mut signed] {
        socket.ask("1", "{ tenants { nodes { name } } }").await;
        let expected = json!({ "tenants": { "nodes": [{ "name": "acme" }] } });
        assert_eq!(socket.data("1").await, expected);
    }
}

#[tokio::test]
async fn another_protocol_is_4406() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut socket = Socket::open(&owner, &[]).await.expect("a socket");
    assert_eq!(code(&socket.hear().await), 4406);
    // The library gives up where the server chooses none of its protocols.
    let older = Socket::open(&owner, &[("sec-websocket-protocol", "graphql-ws")]).await;
    assert!(older.is_err());
}

#[tokio::test]
async fn silence_is_4408() {
    let live = Live {
        socket_init_timeout_ms: Some(2000),
        ..Live::default()
    };
    let world = World::demo_with(Options {
        live,
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let mut socket = Socket::spoken(&owner).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, message(json!({ "type": "pong" })));
    assert_eq!(code(&socket.hear().await), 4408);
}

#[tokio::test]
async fn an_id_that_is_in_use_is_4409() {
    let world = World::demo().await;
    let mut socket = Socket::signed_in(&world.owner("acme")).await;
    socket.subscribe("same", CAMPAIGNS).await;
    socket.ask("same", "{ tenants { totalCount } }").await;
    let expected = Heard::Closed(4409, "Subscriber for same already exists".to_owned());
    assert_eq!(socket.hear().await, expected);
}

#[tokio::test]
async fn a_second_sign_in_is_4429() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    let heard = init(&mut socket, json!({})).await;
    assert_eq!(code(&heard), 4429);
}

#[tokio::test]
async fn a_page_from_elsewhere_gets_no_socket() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let own = format!("http://{}", world.address);
    for (origin, status) in [(own.as_str(), None), ("https://evil.test", Some(403))] {
        let headers = [("sec-websocket-protocol", PROTOCOL), ("origin", origin)];
        let opened = match Socket::open(&owner, &headers).await {
            Ok(_) => None,
            Err(Error::Http(response)) => Some(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(opened, status, "{origin}");
    }
}

/// The gateway's own sign of life is a frame, which every library answers by itself.
#[tokio::test]
async fn a_socket_that_is_read_stays_open() {
    let live = Live {
        keep_alive_seconds: Some(1),
        ..Live::default()
    };
    let world = World::demo_with(Options {
        live,
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let silence = tokio::time::timeout(std::time::Duration::from_secs(4), socket.hear()).await;
    assert!(silence.is_err(), "{silence:?}");
    // It is read meanwhile, too.
    let (id, heard) = join(create(&owner, "Still here"), socket.data("1")).await;
    assert_eq!(heard, told("CREATED", &id, Some("Still here")));
}
