//! How much may be open at once.

use std::time::Duration;

use gateway_tests::{EventStream, Heard, Live, Options, PROTOCOL, Socket, World};
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::CAMPAIGNS;

const PROTOCOLS: [(&str, &str); 1] = [("sec-websocket-protocol", PROTOCOL)];

async fn world(live: Live) -> World {
    World::demo_with(Options {
        live,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn an_operation_too_many_is_refused_and_the_others_go_on() {
    let world = world(Live {
        max_operations: Some(2),
        ..Live::default()
    })
    .await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    for id in ["1", "2"] {
        socket.subscribe(id, CAMPAIGNS).await;
    }
    socket.ask("3", CAMPAIGNS).await;
    let Heard::Message(message) = socket.hear().await else {
        panic!("a message");
    };
    assert_eq!(message["id"], "3", "{message}");
    assert_eq!(
        message["payload"][0]["extensions"]["code"], "TOO_MANY_OPERATIONS",
        "{message}"
    );
    socket.send(json!({ "id": "1", "type": "complete" })).await;
    socket.subscribe("3", CAMPAIGNS).await;
}

#[tokio::test]
async fn a_message_too_long_ends_the_socket() {
    let world = world(Live {
        max_message_bytes: Some(2000),
        ..Live::default()
    })
    .await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    socket
        .ask(
            "1",
            &format!("{{ tenants {{ totalCount }} }} # {}", "x".repeat(1500)),
        )
        .await;
    assert_eq!(
        socket.data("1").await,
        json!({ "tenants": { "totalCount": 1 } })
    );
    socket.hear().await;
    socket.send_raw(Message::text("x".repeat(3000))).await;
    let heard = socket.hear().await;
    assert!(matches!(heard, Heard::Closed(1009, _)), "{heard:?}");
}

#[tokio::test]
async fn a_tenant_has_no_more_connections_than_it_may() {
    let world = world(Live {
        max_tenant_streams: Some(2),
        max_streams: Some(4),
        ..Live::default()
    })
    .await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let first = Socket::signed_in(&acme).await;
    let stream = EventStream::subscribe(&acme, CAMPAIGNS).await;
    let mut third = Socket::spoken(&acme).await;
    let token = format!("Bearer {}", acme.token().expect("a token"));
    let init = json!({ "type": "connection_init", "payload": { "Authorization": token } });
    third.send(init).await;
    let heard = third.hear().await;
    assert!(matches!(heard, Heard::Closed(1013, _)), "{heard:?}");
    drop(third);
    let request = acme.request(reqwest::Method::PUT, "/graphql");
    let answer = acme.send(request).await;
    assert_eq!((answer.status, answer.code()), (503, "BUSY"));
    assert!(answer.headers.contains_key("retry-after"));
    // The others' are theirs, as many as the process has.
    // The place of the third is free in a moment.
    let mut others = Vec::new();
    while others.len() < 2 {
        match Socket::open(&globex, &PROTOCOLS).await {
            Ok(socket) => others.push(socket),
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    let refused = Socket::open(&globex, &PROTOCOLS).await;
    match refused {
        Err(Error::Http(response)) => assert_eq!(response.status().as_u16(), 503),
        other => panic!(
            "{}",
            other.map_or_else(|error| error.to_string(), |_| "a socket".into())
        ),
    }
    drop((first, stream, others));
    // A connection's end is seen in a moment.
    while Socket::open(&acme, &PROTOCOLS).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
