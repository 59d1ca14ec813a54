//! Commands to the server, and what it says to them. Not the library's own commands: those for messages
//! take a refusal, or a connection that is lost, for the end of the list.

use std::{sync::Arc, time::Duration};

use async_imap::{
    Client, Session,
    imap_proto::{MailboxDatum, Outcome, RequestId, Response, Status},
};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Account, Cause, Error, error::heard};
use crate::{
    Security, Server,
    dial::{self, Stream},
};

pub(super) struct Wire {
    pub session: Session<Stream>,
    patience: Duration,
    is_at_rest: bool,
    is_leaving: bool,
    /// The server has told how many messages there are, which it does when there are more.
    pub has_news: bool,
}

impl Wire {
    /// Connects, begins TLS, signs in.
    pub(super) async fn open(account: &Account, patience: Duration) -> Result<Self, Error> {
        let server = &account.server;
        let client = greeted(server, patience).await?;
        if server.security == Security::None && client.get_ref().is_remote() {
            return Err(Cause::PasswordInClear.into());
        }
        let password = account.credentials.password.expose_secret();
        let signed_in = client.login(&account.credentials.user, password);
        let session = within(patience, async { Ok(signed_in.await) }).await?;
        Ok(Self {
            session: session.map_err(|(error, _)| not_let_in(error))?,
            patience,
            is_at_rest: true,
            is_leaving: false,
            has_news: false,
        })
    }

    /// Says a command, and hears what comes until it is done.
    pub(super) async fn exchange(
        &mut self,
        command: &str,
        hear: impl FnMut(&Response<'_>),
    ) -> Result<(), Error> {
        let id = self.say(command).await?;
        self.hear_until(&id, hear).await
    }

    /// Says a command, the first that is not answered to its end yet.
    pub(super) async fn say(&mut self, command: &str) -> Result<RequestId, Error> {
        if !std::mem::replace(&mut self.is_at_rest, false) {
            return Err(Cause::HalfSaid.into());
        }
        let said = self.session.run_command(command);
        within(self.patience, async { Ok(said.await?) }).await
    }

    /// Says a line that belongs to the last command.
    pub(super) async fn go_on(&mut self, line: &str) -> Result<(), Error> {
        let said = self.session.run_command_untagged(line);
        within(self.patience, async { Ok(said.await?) }).await
    }

    /// Hears what the server says until the command is done; how it went.
    pub(super) async fn hear_until(
        &mut self,
        id: &RequestId,
        mut hear: impl FnMut(&Response<'_>),
    ) -> Result<(), Error> {
        let patience = self.patience;
        while !within(patience, self.hear(id, &mut hear)).await? {}
        Ok(())
    }

    /// Hears one thing that the server says, however long it takes; true if that is the end of the
    /// command.
    pub(super) async fn hear(
        &mut self,
        id: &RequestId,
        mut hear: impl FnMut(&Response<'_>),
    ) -> Result<bool, Error> {
        let heard = self.session.read_response().await.map_err(heard)?;
        let heard = heard.ok_or_else(|| Cause::Left(String::new()))?;
        match heard.parsed() {
            Response::Done {
                tag,
                status,
                outcome,
            } if tag == id => {
                self.is_at_rest = true;
                return verdict(status, outcome).map(|()| true);
            }
            Response::Data {
                status: Status::Bye,
                outcome,
            } if !self.is_leaving => return Err(Cause::Left(text(outcome)).into()),
            Response::MailboxData(MailboxDatum::Exists(_)) => self.has_news = true,
            _ => {}
        }
        hear(heard.parsed());
        Ok(false)
    }

    /// Hears what the server says until it wants more of the command.
    pub(super) async fn hear_invitation(&mut self, id: &RequestId) -> Result<(), Error> {
        let mut invited = false;
        while !invited {
            let hear = |heard: &Response<'_>| invited = matches!(heard, Response::Continue(_));
            if within(self.patience, self.hear(id, hear)).await? {
                return Err(Error::Protocol(
                    "a command ended before it began".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Takes leave of the server, which answers with a word of its own first.
    pub(super) async fn leave(&mut self) -> Result<(), Error> {
        self.is_leaving = true;
        self.exchange("LOGOUT", |_| {}).await
    }
}

/// A connection on which the server has greeted, behind TLS if that is asked for.
async fn greeted(server: &Server, patience: Duration) -> Result<Client<Stream>, Error> {
    let tls = dial::trust(server)?;
    let stream = dial::tcp(server, patience).await?;
    if server.security == Security::Tls {
        let stream = within(patience, encrypted(stream, server, tls)).await?;
        return greeting(stream, patience).await;
    }
    let mut client = greeting(Stream::Plain(stream), patience).await?;
    if server.security == Security::None {
        return Ok(client);
    }
    within(patience, async {
        let started = client.run_command_and_check_ok("STARTTLS", None).await;
        started.map_err(|error| Cause::NoStartTls(error.to_string()))?;
        // What has come behind the answer stays in the client that is left here.
        match client.into_inner() {
            Stream::Plain(stream) => Ok(Client::new(encrypted(stream, server, tls).await?)),
            Stream::Tls(_) => Err(Cause::NoStartTls("TLS twice".to_owned()).into()),
        }
    })
    .await
}

async fn encrypted(
    stream: tokio::net::TcpStream,
    server: &Server,
    tls: Arc<ClientConfig>,
) -> Result<Stream, Error> {
    Ok(dial::encrypt(stream, server, tls).await?)
}

async fn greeting(stream: Stream, patience: Duration) -> Result<Client<Stream>, Error> {
    let mut client = Client::new(stream);
    let read = within(patience, async {
        client.read_response().await.map_err(heard)
    });
    match read.await? {
        Some(heard) => match heard.parsed() {
            Response::Data {
                status: Status::Ok, ..
            } => Ok(client),
            Response::Data { outcome, .. } => Err(Cause::Left(text(outcome)).into()),
            other => Err(Error::Protocol(format!("{other:?} is no greeting"))),
        },
        None => Err(Cause::Left(String::new()).into()),
    }
}

fn not_let_in(error: async_imap::error::Error) -> Error {
    match error {
        async_imap::error::Error::No(text) if is_for_now(&text) => Cause::Unavailable(text).into(),
        async_imap::error::Error::No(text) => Error::Credentials(text),
        other => other.into(),
    }
}

/// Whether a refusal is for now, and says nothing about the password or the mailbox (RFC 5530, section 3).
fn is_for_now(text: &str) -> bool {
    let codes = [
        "UNAVAILABLE",
        "INUSE",
        "EXPUNGEISSUED",
        "SERVERBUG",
        "LIMIT",
    ];
    codes.iter().any(|code| text.contains(&format!("[{code}]")))
}

fn verdict(status: &Status, outcome: &Outcome<'_>) -> Result<(), Error> {
    match status {
        Status::Ok => Ok(()),
        Status::No if is_for_now(&text(outcome)) => Err(Cause::Unavailable(text(outcome)).into()),
        Status::No => Err(Error::Refused(text(outcome))),
        _ => Err(Error::Protocol(text(outcome))),
    }
}

fn text(outcome: &Outcome<'_>) -> String {
    outcome
        .information
        .as_deref()
        .unwrap_or_default()
        .to_owned()
}

async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Cause::TimedOut(patience).into()),
    }
}
