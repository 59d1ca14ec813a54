//! A connection to a relay, from its first byte to where messages may be sent on it.

use std::{fmt::Display, net::IpAddr, sync::Arc, time::Duration};

use lettre::transport::smtp::{
    authentication::{self, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
    commands::{Quit, Rset},
    extension::ClientId,
    response::Response,
};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Cause, Phase, Refused, Relay, Timeouts, guard::Guard};
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
}

impl Connection {
    pub(super) async fn open(
        relay: &Relay,
        tls: &Arc<ClientConfig>,
        timeouts: &Timeouts,
    ) -> Result<Self, Refused> {
        let server = &relay.server;
        let stream = reach(server, tls, timeouts).await?;
        if relay.credentials.is_some() && server.security == Security::None && stream.is_remote() {
            return Err(Refused::not_reached(Phase::SignIn, Cause::PasswordInClear));
        }
        let name = relay.name(&stream);
        let greeted =
            AsyncSmtpConnection::connect_with_transport(Box::new(Guard::new(stream)), &name);
        let smtp = within(timeouts.command, Phase::Greeting, greeted).await?;
        let mut connection = Self {
            smtp,
            is_at_rest: true,
        };
        if server.security == Security::StartTls {
            connection.start_tls(server, &name, timeouts).await?;
        }
        connection.sign_in(relay, timeouts).await?;
        Ok(connection)
    }

    async fn start_tls(
        &mut self,
        server: &Server,
        name: &ClientId,
        timeouts: &Timeouts,
    ) -> Result<(), Refused> {
        if !self.smtp.can_starttls() {
            return Err(Refused::not_reached(Phase::Tls, Cause::NoStartTls));
        }
        let parameters = parameters(server)?;
        let started = self.smtp.starttls(parameters, name);
        within(timeouts.connect, Phase::Tls, started).await
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

async fn reach(
    server: &Server,
    tls: &Arc<ClientConfig>,
    timeouts: &Timeouts,
) -> Result<Stream, Refused> {
    let dialled = dial::tcp(server, timeouts.connect).await;
    let stream = dialled.map_err(|error| Refused::not_reached(Phase::Connect, error))?;
    if server.security != Security::Tls {
        return Ok(Stream::Plain(stream));
    }
    let encrypted = dial::encrypt(stream, server, Arc::clone(tls));
    match timeout(timeouts.connect, encrypted).await {
        Ok(encrypted) => encrypted.map_err(|error| Refused::not_reached(Phase::Tls, error)),
        Err(_) => Err(timed_out(Phase::Tls, timeouts.connect)),
    }
}

/// The same trust as [`dial::trust`], in the form that lettre takes.
fn parameters(server: &Server) -> Result<TlsParameters, Refused> {
    let mut builder = TlsParameters::builder(server.host.clone())
        .certificate_store(CertificateStore::WebpkiRoots);
    let unusable = |error| Refused::not_reached(Phase::Tls, Cause::Smtp(error));
    if let Some(pem) = &server.authority {
        let certificate = Certificate::from_pem(pem.as_bytes()).map_err(unusable)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(unusable)
}

impl Relay {
    /// What `EHLO` says: the name that was chosen, or the address that the connection comes from (RFC
    /// 5321, section 4.1.4).
    fn name(&self, stream: &Stream) -> ClientId {
        if let Some(name) = &self.name {
            return ClientId::Domain(name.clone());
        }
        match stream.tcp().local_addr().map(|address| address.ip()) {
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
