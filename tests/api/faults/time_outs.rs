//! Operations that take too long, and clients that do.

use std::time::Duration;

use gateway::settings::Settings;
use gateway_tests::{Options, World};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{
    backends::{blocked, settled},
    lock::Lock,
};
use crate::isolation::twins::one;

const QUERY: &str = "{ campaigns(first: 1) { totalCount } }";

/// Longer than anything here takes that ends.
const FOREVER: Duration = Duration::from_secs(20);

async fn world(settings: Settings) -> World {
    let max_connections = Some(1);
    World::demo_with(Options {
        settings,
        max_connections,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up() {
    let world = world(Settings {
        request_timeout_ms: Some(2000),
        ..Settings::default()
    })
    .await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let lock = Lock::on(&world, "campaigns").await;
    let answer = acme.query(QUERY).await;
    assert_eq!((answer.status, answer.code()), (504, "REQUEST_TIMEOUT"));
    assert_eq!(
        answer.body,
        json!({ "errors": [{
            "message": "the operation took too long and was given up, nothing was changed; ask for less, or ask the operator to raise GATEWAY_REQUEST_TIMEOUT_MS",
            "extensions": { "code": "REQUEST_TIMEOUT" }
        }] })
    );
    lock.release().await;
    settled(&world).await;
    // The only connection is free of the tenant that was given up.
    let globex_alone = one::<i64>(
        &world,
        "SELECT count(*) FROM campaigns WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'globex')",
    );
    assert_eq!(
        globex.data(QUERY).await["campaigns"]["totalCount"],
        globex_alone.await
    );
    acme.data(QUERY).await;
}

#[tokio::test]
async fn of_a_mutation_that_takes_too_long_nothing_is_saved() {
    let world = world(Settings {
        request_timeout_ms: Some(2000),
        ..Settings::default()
    })
    .await;
    let acme = world.owner("acme");
    let change = "mutation {
        createTag(input: {name: \"early\", value: \"early\"}) { tag { id } }
        createCampaign(input: {name: \"late\"}) { campaign { id } }
    }";
    let lock = Lock::on(&world, "campaigns").await;
    let held = async {
        // The first root field is done by now.
        blocked(&world, 1).await;
    };
    let (answer, ()) = futures::future::join(acme.query(change), held).await;
    assert_eq!((answer.status, answer.code()), (504, "REQUEST_TIMEOUT"));
    lock.release().await;
    settled(&world).await;
    for made in [
        "SELECT count(*) FROM tags WHERE value = 'early'",
        "SELECT count(*) FROM campaigns WHERE name = 'late'",
    ] {
        assert_eq!(one::<i64>(&world, made).await, 0, "{made}");
    }
    acme.data(change).await;
}

#[tokio::test]
async fn a_statement_has_the_time_that_is_set() {
    let world = world(Settings {
        statement_timeout_ms: Some(1000),
        ..Settings::default()
    })
    .await;
    let acme = world.owner("acme");
    let lock = Lock::on(&world, "campaigns").await;
    let answer = acme.query(QUERY).await;
    lock.release().await;
    assert_eq!(
        (answer.status, answer.code()),
        (200, "STATEMENT_TIMEOUT"),
        "{}",
        answer.body
    );
    acme.data(QUERY).await;
}

/// Clients get 100 ms for a head and for a body, and 5 s to do nothing.
async fn impatient() -> World {
    world(Settings {
        read_timeout_ms: Some(100),
        request_timeout_ms: Some(4000),
        idle_timeout_ms: Some(5000),
        ..Settings::default()
    })
    .await
}

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.address)
        .await
        .expect("the gateway listens")
}

/// All that is answered before the connection is closed.
async fn rest(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // What was sent and not read makes the close a reset.
    let _ = timeout(FOREVER, socket.read_to_end(&mut bytes))
        .await
        .expect("the connection is closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a text a letter at a time, much longer than a head may take, and goes on with dots.
async fn dribble(socket: &mut TcpStream, text: &str) {
    let letters = text.bytes().chain(std::iter::repeat(b'.'));
    for letter in letters.take(2000) {
        if socket.write_all(&[letter]).await.is_err() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("the connection is still open");
}

fn head(world: &World, token: &str, length: usize) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n",
        world.address
    )
}

#[tokio::test]
async fn a_body_has_its_time() {
    let world = impatient().await;
    let acme = world.owner("acme");
    let token = acme.token().expect("a token");
    for dribbles in [false, true] {
        let mut socket = connect(&world).await;
        let sent = head(&world, token, 100_000) + "{\"query\": \"";
        socket.write_all(sent.as_bytes()).await.expect("a part");
        if dribbles {
            let _ = timeout(Duration::from_millis(500), dribble(&mut socket, "")).await;
        }
        let answer = rest(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\"REQUEST_TIMEOUT\""), "{answer}");
    }
}

#[tokio::test]
async fn a_head_that_comes_a_letter_at_a_time_is_not_waited_for() {
    let world = impatient().await;
    let mut first = connect(&world).await;
    dribble(&mut first, "POST /graphql HTTP/1.1\r\nx: ").await;
    // The same on a connection that has served before.
    let acme = world.owner("acme");
    let body = json!({ "query": "{ __typename }" }).to_string();
    let request = head(&world, acme.token().expect("a token"), body.len()) + &body;
    let mut second = connect(&world).await;
    second
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    let mut bytes = [0; 4096];
    let read = second.read(&mut bytes).await.expect("an answer");
    assert!(bytes[..read].starts_with(b"HTTP/1.1 200 "));
    dribble(&mut second, "POST /graphql HTTP/1.1\r\nx: ").await;
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let world = impatient().await;
    for said in [
        "",
        // Both protocols begin like this.
        "P",
        "PRI * HTTP/2.0\r\n",
        "POST /graphql HTTP/1.1\r\nx: ",
        // A whole preface and no request.
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0",
    ] {
        let mut socket = connect(&world).await;
        socket.write_all(said.as_bytes()).await.expect("a part");
        let answer = rest(&mut socket).await;
        assert!(!answer.starts_with("HTTP/1.1 200 "), "{said}: {answer}");
    }
}

#[tokio::test]
async fn a_connection_is_kept_while_it_may_be_used_and_no_longer() {
    let world = impatient().await;
    let acme = world.owner("acme");
    let body = json!({ "query": QUERY }).to_string();
    let request = head(&world, acme.token().expect("a token"), body.len()) + &body;
    let mut socket = connect(&world).await;
    let mut bytes = [0; 4096];
    for wait in [0, 1000, 0] {
        // Many times what a head may take.
        sleep(Duration::from_millis(wait)).await;
        socket
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        let read = socket.read(&mut bytes).await.expect("an answer");
        assert!(bytes[..read].starts_with(b"HTTP/1.1 200 "));
    }
    // So does a request that is waited for.
    let lock = Lock::on(&world, "campaigns").await;
    socket
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    blocked(&world, 1).await;
    sleep(Duration::from_millis(1000)).await;
    lock.release().await;
    let read = socket.read(&mut bytes).await.expect("an answer");
    assert!(bytes[..read].starts_with(b"HTTP/1.1 200 "));
    assert_eq!(rest(&mut socket).await, "");
}

/// What RFC 9113 has for it: the setting SETTINGS_MAX_CONCURRENT_STREAMS (0x03).
#[tokio::test]
async fn a_connection_of_http_2_has_so_many_streams() {
    let world = World::empty().await;
    let mut socket = connect(&world).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    socket.write_all(preface).await.expect("a preface");
    let mut frame = [0; 9];
    socket.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(frame[3], 4, "settings come first");
    let mut settings = vec![0; usize::from(frame[2])];
    socket
        .read_exact(&mut settings)
        .await
        .expect("the settings");
    let streams = settings.chunks(6).find(|setting| setting[..2] == [0, 3]);
    assert_eq!(streams, Some(&[0, 3, 0, 0, 0, 100][..]));
}
