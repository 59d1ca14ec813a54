//! HTTPS: what is spoken inside TLS, and which certificate is shown.

use std::{fs, path::PathBuf, time::Duration};

use futures::{SinkExt, StreamExt};
use gateway::settings::Settings;
use gateway_tests::{Client, Options, World, gateways};
use reqwest::{Certificate, ClientBuilder, Method, Version};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt,
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, protocol::Role},
};

const QUERY: &str = "{ campaigns(first: 3) { nodes { id name } } }";

/// A certificate and its key, in files.
struct Files {
    folder: TempDir,
}

/// A certificate that signs itself, as PEM, and its key.
struct Made {
    certificate: String,
    key: String,
}

impl Made {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]);
        let made = made.expect("a certificate");
        Self {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    /// A client that trusts it and nobody else.
    fn trusting(&self) -> ClientBuilder {
        let root = Certificate::from_pem(self.certificate.as_bytes()).expect("a certificate");
        reqwest::Client::builder().tls_certs_only([root])
    }
}

impl Files {
    fn of(made: &Made) -> Self {
        let files = Self {
            folder: TempDir::new().expect("a folder"),
        };
        files.write("certificate", &made.certificate);
        files.write("key", &made.key);
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name).with_extension("pem")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    fn settings(&self) -> Settings {
        Settings {
            tls_certificate: Some(self.path("certificate")),
            tls_key: Some(self.path("key")),
            ..Settings::default()
        }
    }

    async fn world(&self, settings: Settings) -> World {
        World::demo_with(Options {
            settings: settings.or(self.settings()),
            ..Options::default()
        })
        .await
    }
}

fn owner(world: &World, http: ClientBuilder) -> Client {
    let http = http.build().expect("an HTTP client");
    world.owner("acme").over_tls(http)
}

/// The version of HTTP that an answer came by, which has the tenant's rows in it.
async fn version(client: &Client) -> Version {
    let request = client.request(Method::POST, "/graphql");
    let answer = request.json(&json!({ "query": QUERY })).send().await;
    let answer = answer.expect("an answer");
    let version = answer.version();
    let body: Value = answer.json().await.expect("JSON");
    let nodes = body["data"]["campaigns"]["nodes"].as_array();
    assert_eq!(nodes.map(Vec::len), Some(3), "{body}");
    version
}

#[tokio::test]
async fn http_2_is_spoken_where_the_client_offers_it_and_http_without_tls_is_not() {
    let made = Made::new();
    let files = Files::of(&made);
    let world = files.world(Settings::default()).await;
    let modern = owner(&world, made.trusting());
    assert_eq!(version(&modern).await, Version::HTTP_2);
    let plain = owner(&world, made.trusting().http1_only());
    assert_eq!(version(&plain).await, Version::HTTP_11);
    // Who trusts others does not take it.
    let stranger = owner(&world, Made::new().trusting());
    assert!(
        stranger
            .request(Method::GET, "/livez")
            .send()
            .await
            .is_err()
    );
    let unsafe_one = world.owner("acme").request(Method::GET, "/livez");
    let told = unsafe_one.send().await.expect("an answer");
    assert_eq!(told.status(), 400);
    let told = told.text().await.expect("a whole body");
    assert_eq!(told, "HTTPS is spoken here: ask for https://, with TLS");
}

#[tokio::test]
async fn a_websocket_goes_inside() {
    let made = Made::new();
    let files = Files::of(&made);
    let world = files.world(Settings::default()).await;
    let client = owner(&world, made.trusting().http1_only());
    let upgrade = client
        .request(Method::GET, "/graphql")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("sec-websocket-protocol", "graphql-transport-ws");
    let answer = upgrade.send().await.expect("an answer");
    assert_eq!(answer.status(), 101);
    let upgraded = answer.upgrade().await.expect("another protocol");
    let mut socket = WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await;
    let init = json!({ "type": "connection_init" });
    socket
        .send(Message::text(init.to_string()))
        .await
        .expect("it is open");
    let said = timeout(Duration::from_secs(10), socket.next()).await;
    let said = said.expect("in time").expect("a message").expect("a frame");
    let said: Value = serde_json::from_str(said.to_text().expect("text")).expect("JSON");
    assert_eq!(said["type"], "connection_ack");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_once_its_key_is_there() {
    let (old, new) = (Made::new(), Made::new());
    let files = Files::of(&old);
    let world = files.world(Settings::default()).await;
    let kept = owner(&world, old.trusting());
    assert_eq!(version(&kept).await, Version::HTTP_2);

    files.write("certificate", &new.certificate);
    // Twice the time between two looks.
    sleep(Duration::from_secs(10)).await;
    let other = owner(&world, old.trusting());
    assert_eq!(version(&other).await, Version::HTTP_2, "they do not fit");

    files.write("key", &new.key);
    let until = Instant::now() + Duration::from_secs(60);
    // Each with a connection of its own.
    while owner(&world, new.trusting())
        .request(Method::GET, "/livez")
        .send()
        .await
        .is_err()
    {
        assert!(Instant::now() < until, "the new one is not shown");
        sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(
        version(&owner(&world, new.trusting())).await,
        Version::HTTP_2
    );
    assert!(
        owner(&world, old.trusting())
            .request(Method::GET, "/livez")
            .send()
            .await
            .is_err()
    );
    assert_eq!(version(&kept).await, Version::HTTP_2, "it goes on");
}

#[tokio::test]
async fn who_says_nothing_is_not_waited_for() {
    let made = Made::new();
    let files = Files::of(&made);
    let impatient = Settings {
        read_timeout_ms: Some(300),
        ..Settings::default()
    };
    let world = files.world(impatient).await;
    let mut silent = TcpStream::connect(world.address).await.expect("a socket");
    let closed = timeout(Duration::from_secs(30), silent.read(&mut [0; 16])).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
    assert_eq!(
        version(&owner(&world, made.trusting())).await,
        Version::HTTP_2
    );
}

/// One that would be waited for much longer does not hold the others' end.
#[tokio::test]
async fn a_handshake_does_not_keep_a_gateway_from_stopping() {
    let made = Made::new();
    let files = Files::of(&made);
    let mut world = files
        .world(Settings {
            read_timeout_ms: Some(600_000),
            ..Settings::default()
        })
        .await;
    let mut silent = TcpStream::connect(world.address).await.expect("a socket");
    assert_eq!(
        version(&owner(&world, made.trusting())).await,
        Version::HTTP_2
    );
    world.stop();
    let closed = timeout(Duration::from_secs(60), silent.read(&mut [0; 16])).await;
    assert!(matches!(closed, Ok(Ok(0) | Err(_))), "{closed:?}");
}

#[test]
fn what_is_wrong_with_the_files_is_said_at_the_start() {
    let (made, other) = (Made::new(), Made::new());
    let files = Files::of(&made);
    let error = |settings: Settings| match gateways("postgres:///nowhere", settings) {
        Ok(_) => panic!("nobody is to be served"),
        Err(error) => error.to_string(),
    };
    let half = Settings {
        tls_key: None,
        ..files.settings()
    };
    assert!(error(half).ends_with("GATEWAY_TLS_KEY is missing"));
    let half = Settings {
        tls_certificate: None,
        ..files.settings()
    };
    assert!(error(half).ends_with("GATEWAY_TLS_CERTIFICATE is missing"));
    let nowhere = Settings {
        tls_key: Some(files.path("nowhere")),
        ..files.settings()
    };
    assert!(error(nowhere).ends_with("nowhere.pem can not be read"));
    files.write("key", &other.key);
    let message = error(files.settings());
    assert!(message.contains("can not be used together"), "{message}");
    files.write("key", &made.certificate);
    assert!(
        error(files.settings()).ends_with("key.pem has no private key without a password as PEM")
    );
    files.write("certificate", "");
    assert!(error(files.settings()).ends_with("certificate.pem has no certificate as PEM"));
}
