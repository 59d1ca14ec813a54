//! What sends mail, against servers that do as they should and servers that do not.

mod inside;
mod outcomes;
mod pool;
mod protocol;
mod remote;
mod scripted;
mod tls;
mod unfit;

use std::{net::SocketAddr, time::Duration};

use transport::{
    Security, Server,
    smtp::{Accepted, Envelope, Mailer, Options, Refused, Relay, Timeouts},
};

pub const MESSAGE: &[u8] = b"Message-ID: <1@x.test>\r\nSubject: hello\r\n\r\nhello\r\n";

/// A relay on this machine that is spoken to in clear.
pub fn relay(address: SocketAddr) -> Relay {
    Relay {
        server: Server::new(address.ip().to_string(), address.port(), Security::None),
        credentials: None,
        name: None,
    }
}

pub fn to(address: &str) -> Envelope {
    Envelope {
        from: Some("from@x.test".to_owned()),
        to: vec![address.to_owned()],
    }
}

/// Waits no longer than a test should.
pub fn options() -> Options {
    Options {
        timeouts: Timeouts {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(10),
            content: Duration::from_secs(10),
            message: Duration::from_secs(40),
            answer: Duration::from_secs(10),
        },
        ..Options::default()
    }
}

/// Sends a message by a mailer of its own.
pub async fn send(relay: &Relay, address: &str, bytes: &[u8]) -> Result<Accepted, Refused> {
    Mailer::new(options())
        .send(relay, &to(address), bytes)
        .await
}
