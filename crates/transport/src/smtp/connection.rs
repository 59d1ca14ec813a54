//! A connection to a relay, from its first byte to where messages may be sent on it.

use std::{fmt::Display, net::IpAddr, sync::Arc, time::Duration};

use lettre::transport::smtp::{
    authentication::{self, DEFAULT_MECHANISMS},
    client::AsyncSmtpConnection,
    commands::{Quit, Rset},
    extension::ClientId,
    response::Response,
};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::{net::TcpStream, time::timeout};

use super::{Cause, Phase, Refused, Relay, Timeouts, replies::Replies, start_tls::start_tls};
use crate::{
    Security, Server,
    dial::{self, Stream},
};

/// What a server is told at the end is not worth waiting for.
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) struct Connection {
    pub smtp: AsyncSmtpConnection,
    /// Nothing is half said on it; a message that was given up leaves it at false.
    pub is_at_rest: bool,
    /// Whether it leaves this machine.
    pub is_remote: bool,
}

impl Connection {
    pub(super) async fn open(
        relay: &Relay,
        tls: &Arc<ClientConfig>,
        timeouts: &Timeouts,
    ) -> Result<Self, Refused> {
        let server = &relay.server;
        let dialled = dial::tcp(server, timeouts.connect).await;
        let stream = dialled.map_err(|error| Refused::not_reached(Phase::Connect, error))?;
        let name = relay.name(&stream);
        let stream = secured(server, stream, tls, &name, timeouts).await?;
        let is_remote = stream.is_remote();
        if relay.credentials.is_some() && server.security == Security::None && is_remote {
            return Err(Refused::not_reached(Phase::SignIn, Cause::PasswordInClear));
        }
        // The server has greeted already, and does not again.
        let heard: &[u8] = match server.security {
            Security::StartTls => b"220 TLS\r\n",
            Security::None | Security::Tls => b"",
        };
        let replies = Box::new(Replies::new(stream, heard));
        let greeted = AsyncSmtpConnection::connect_with_transport(replies, &name);
        let mut connection = Self {
            smtp: within(timeouts.command, Phase::Greeting, greeted).await?,
            is_at_rest: true,
            is_remote,
        };
        connection.sign_in(relay, timeouts).await?;
        Ok(connection)
    }

    async fn sign_in(&mut self, relay: &Relay, timeouts: &Timeouts) -> Result<(), Refused> {
        let Some(credentials) = &relay.credentials else {
            return Ok(());
        };
        let password = credentials.password.expose_secret().to_owned();
        let known = authentication::Credentials::new(credentials.user.clone(), password);
        let signed_in = self.smtp.auth(DEFAULT_MECHANISMS, &known);
        within(timeouts.command, Phase::SignIn, signed_in).await?;
        Ok(())
    }

    /// Says a command, and hears its reply.
    pub(super) async fn ask(
        &mut self,
        command: impl Display,
        phase: Phase,
        timeouts: &Timeouts,
    ) -> Result<Response, Refused> {
        within(timeouts.command, phase, self.smtp.command(command)).await
    }

    /// Makes the server forget a message that was not taken; true if it did.
    pub(super) async fn reset(&mut self, timeouts: &Timeouts) -> bool {
        self.ask(Rset, Phase::Sender, timeouts).await.is_ok()
    }

    /// Tells the server that no more comes.
    pub(super) async fn quit(mut self) {
        // It is left either way.
        let _ = timeout(FAREWELL, self.smtp.command(Quit)).await;
    }
}

/// TLS, from where it begins.
async fn secured(
    server: &Server,
    mut stream: TcpStream,
    tls: &Arc<ClientConfig>,
    name: &ClientId,
    timeouts: &Timeouts,
) -> Result<Stream, Refused> {
    if server.security == Security::None {
        return Ok(Stream::Plain(stream));
    }
    if server.security == Security::StartTls {
        let started = timeout(timeouts.command, start_tls(&mut stream, name)).await;
        started.unwrap_or_else(|_| Err(timed_out(Phase::Greeting, timeouts.command)))?;
    }
    let encrypted = dial::encrypt(stream, server, Arc::clone(tls));
    match timeout(timeouts.connect, encrypted).await {
        Ok(encrypted) => encrypted.map_err(|error| Refused::not_reached(Phase::Tls, error)),
        Err(_) => Err(timed_out(Phase::Tls, timeouts.connect)),
    }
}

impl Relay {
    /// What `EHLO` says: the name that was chosen, or the address that the connection comes from (RFC
    /// 5321, section 4.1.4).
    fn name(&self, stream: &TcpStream) -> ClientId {
        if let Some(name) = &self.name {
            return ClientId::Domain(name.clone());
        }
        match stream.local_addr().map(|address| address.ip()) {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) => ClientId::default(),
        }
    }
}

/// What the server answers in time.
async fn within<T>(
    patience: Duration,
    phase: Phase,
    answer: impl Future<Output = Result<T, lettre::transport::smtp::Error>>,
) -> Result<T, Refused> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|error| Refused::of(phase, error)),
        Err(_) => Err(timed_out(phase, patience)),
    }
}

pub(super) fn timed_out(phase: Phase, patience: Duration) -> Refused {
    Refused::not_reached(phase, Cause::TimedOut(patience))
}
