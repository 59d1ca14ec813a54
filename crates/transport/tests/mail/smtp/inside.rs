//! Servers that somebody has named who is not the operator.

use serde_json::json;
use tokio::net::TcpListener;
use transport::{
    Networks, Security, Server,
    sink::Options as SinkOptions,
    smtp::{Cause, Phase, Refused, Relay},
};

use super::{MESSAGE, send};
use crate::sink::Running;

fn named(host: &str, port: u16, networks: &Networks) -> Relay {
    let settings = json!({ "host": host, "port": port });
    let server = Server::of_settings(&settings, Security::None, networks);
    Relay {
        server: server.expect("a server"),
        credentials: None,
        name: None,
    }
}

/// Whether somebody listens there, or the name is known, shows in nothing.
#[tokio::test]
async fn who_is_not_in_the_internet_fares_as_who_does_not_exist() {
    let sink = Running::start(SinkOptions::default()).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let free = closed.local_addr().expect("an address").port();
    drop(closed);
    let mut told = Vec::new();
    for (host, port) in [
        ("127.0.0.1", sink.address.port()),
        ("127.0.0.1", free),
        ("localhost", sink.address.port()),
        ("no-such-host.invalid", 25),
        ("not a name", 25),
    ] {
        let relay = named(host, port, &Networks::default());
        let refused = send(&relay, "to@x.test", MESSAGE).await.expect_err(host);
        told.push(refused.with_cause());
        let Refused::NotReached { phase, cause } = refused else {
            panic!("{host}: {refused:?}");
        };
        assert_eq!(phase, Phase::Connect, "{host}");
        assert!(matches!(cause, Cause::NoAddress(_)), "{host}: {cause:?}");
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn of_a_name_only_the_addresses_that_may_be_are_connected_to() {
    let mut sink = Running::start(SinkOptions::default()).await;
    let relay = named("localhost", sink.address.port(), &Networks::this_machine());
    send(&relay, "to@x.test", MESSAGE).await.expect("accepted");
    assert_eq!(sink.next().await.to, ["to@x.test"]);
    let another: Networks = ["127.0.0.2/32".parse().expect("a network")]
        .into_iter()
        .collect();
    let relay = named("localhost", sink.address.port(), &another);
    let refused = send(&relay, "to@x.test", MESSAGE).await;
    let Err(Refused::NotReached { cause, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(matches!(cause, Cause::NoAddress(_)), "{cause:?}");
}
