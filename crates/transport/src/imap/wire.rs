//! Commands to the server, and what it says to them. Not the library's own commands: those for messages
//! take a refusal, or a connection that is lost, for the end of the list.

use std::time::Duration;

use async_imap::{
    Session,
    imap_proto::{MailboxDatum, Outcome, RequestId, Response, Status},
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::{Account, Cause, Error, bounded::Bounded, error::heard, greeting::greeted};
use crate::{Security, excerpt::excerpt};

/// The most answers to one command: some for each message of a large mailbox.
const MAX_ANSWERS: usize = 1_000_000;

pub(super) struct Wire {
    session: Session<Bounded>,
    patience: Duration,
    is_at_rest: bool,
    is_leaving: bool,
    /// What was heard since the last command was said.
    answers: usize,
    /// The server has told how many messages there are, which it does when there are more.
    pub has_news: bool,
}

impl Wire {
    /// Connects, begins TLS, signs in.
    pub(super) async fn open(account: &Account, patience: Duration) -> Result<Self, Error> {
        let server = &account.server;
        let client = greeted(server, patience).await?;
        if server.security == Security::None && client.get_ref().stream.is_remote() {
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
            answers: 0,
            has_news: false,
        })
    }

    /// Lets this many bytes come at once, in the literals of one answer.
    pub(super) fn take_at_most(&mut self, bytes: usize) {
        self.session.as_mut().most = bytes;
    }

    /// Says a command, and hears what comes until it is done.
    pub(super) async fn exchange(
        &mut self,
        command: &str,
        hear: impl FnMut(&Response<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let id = self.say(command).await?;
        self.hear_until(&id, hear).await
    }

    /// Says a command, the first that is not answered to its end yet.
    pub(super) async fn say(&mut self, command: &str) -> Result<RequestId, Error> {
        if !std::mem::replace(&mut self.is_at_rest, false) {
            return Err(Cause::HalfSaid.into());
        }
        self.answers = 0;
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
        mut hear: impl FnMut(&Response<'_>) -> Result<(), Error>,
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
        mut hear: impl FnMut(&Response<'_>) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let heard = self.session.read_response().await.map_err(heard)?;
        let heard = heard.ok_or_else(|| Cause::Left(String::new()))?;
        self.answers += 1;
        if self.answers > MAX_ANSWERS {
            let text = format!("it answers a command more than {MAX_ANSWERS} times");
            return Err(Error::Protocol(text));
        }
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
        hear(heard.parsed())?;
        Ok(false)
    }

    /// Hears what the server says until it wants more of the command.
    pub(super) async fn hear_invitation(&mut self, id: &RequestId) -> Result<(), Error> {
        let mut invited = false;
        while !invited {
            let hear = |heard: &Response<'_>| {
                invited = matches!(heard, Response::Continue(_));
                Ok(())
            };
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
        self.exchange("LOGOUT", ignored).await
    }
}

/// For answers that do not matter.
pub(super) fn ignored(_: &Response<'_>) -> Result<(), Error> {
    Ok(())
}

fn not_let_in(error: async_imap::error::Error) -> Error {
    match error {
        async_imap::error::Error::No(text) if is_for_now(&text) => {
            Cause::Unavailable(excerpt(&text)).into()
        }
        async_imap::error::Error::No(text) => Error::Credentials(excerpt(&text)),
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

pub(super) fn text(outcome: &Outcome<'_>) -> String {
    excerpt(outcome.information.as_deref().unwrap_or_default())
}

pub(super) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Cause::TimedOut(patience).into()),
    }
}
