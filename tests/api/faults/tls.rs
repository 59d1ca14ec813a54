//! The database behind TLS: what `sslmode` lets pass.

use std::{fs, net::SocketAddr, sync::Arc, time::Duration};

use gateway_tests::{World, cluster};
use sea_orm::ConnectionTrait;
use tempfile::NamedTempFile;
use tenant::{Access, Database, DatabaseOptions, Refusal};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, UnixStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivatePkcs8KeyDer},
};

use super::direct;

/// The length of PostgreSQL's request for TLS.
const TLS_REQUEST: usize = 8;

/// The server of the tests behind TLS, with a certificate of its own for `localhost`.
struct Front {
    address: SocketAddr,
    certificate: NamedTempFile,
}

impl Front {
    async fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let certificate = NamedTempFile::new().expect("a file");
        fs::write(&certificate, made.cert.pem()).expect("a writable file");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    client.read_exact(&mut [0; TLS_REQUEST]).await?;
                    client.write_all(b"S").await?;
                    let mut client = acceptor.accept(client).await?;
                    let socket = cluster().await.server.socket_dir().join(".s.PGSQL.5432");
                    let mut server = UnixStream::connect(socket).await?;
                    copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        Self {
            address,
            certificate,
        }
    }
}

/// Whether a statement comes through. Whoever is refused is asked again and again for as long as `patience`.
async fn passes(world: &World, url: &str, patience: Duration) -> Result<(), Option<Refusal>> {
    let options = DatabaseOptions {
        max_connections: 1,
        acquire_timeout: patience,
        ..DatabaseOptions::default()
    };
    let database = Database::new(url, &options).expect("a PostgreSQL URL");
    let context = database.context(direct::owner(world, "acme"), Access::Read);
    let done = context.execute_unprepared("SELECT 1").await;
    done.map(drop).map_err(|_| context.refusal())
}

#[tokio::test]
async fn the_certificate_is_checked_as_far_as_sslmode_says() {
    let world = World::demo().await;
    let front = Front::start().await;
    let port = front.address.port();
    let root = format!("&sslrootcert={}", front.certificate.path().display());
    let refused = Err(Some(Refusal::Unavailable));
    for (host, mode, root, expected) in [
        ("localhost", "require", "", Ok(())),
        ("127.0.0.1", "prefer", "", Ok(())),
        ("127.0.0.1", "verify-ca", root.as_str(), Ok(())),
        ("localhost", "verify-full", root.as_str(), Ok(())),
        ("127.0.0.1", "verify-full", root.as_str(), refused),
        ("localhost", "verify-full", "", refused),
        ("localhost", "verify-ca", "", refused),
    ] {
        let database = &world.database;
        let url = format!("postgres://gateway_login@{host}:{port}/{database}?sslmode={mode}{root}");
        let patience = match expected {
            Ok(()) => Duration::from_secs(20),
            Err(_) => Duration::from_millis(500),
        };
        assert_eq!(passes(&world, &url, patience).await, expected, "{url}");
    }
}

#[tokio::test]
async fn a_certificate_file_that_is_not_there_is_named() {
    let url =
        "postgres://gateway_login@localhost/gateway?sslmode=verify-full&sslrootcert=/no/such/file";
    let error = Database::new(url, &DatabaseOptions::default()).err();
    let text = error.expect("an error").to_string();
    assert!(text.contains("/no/such/file"), "{text}");
}
