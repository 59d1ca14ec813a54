//! Fetches new mail of an account.
//!
//! ```no_run
//! # async fn example() -> Result<(), transport::imap::Error> {
//! use std::time::Duration;
//! use transport::{Credentials, Security, Server, imap::{Account, Inbox, Options}};
//!
//! let account = Account {
//!     server: Server::new("imap.example.com", 993, Security::Tls),
//!     credentials: Credentials::new("ann@example.com", "secret".to_owned()),
//!     mailbox: "INBOX".to_owned(),
//! };
//! let mut place = None; // from where it was kept
//! let mut inbox = Inbox::open(&account, Options::default()).await?;
//! loop {
//!     let mut messages = inbox.after(place);
//!     while let Some(message) = messages.next().await? {
//!         // Deal with the message, then keep its place.
//!         place = Some(message.place);
//!     }
//!     inbox.wait(Duration::from_secs(600)).await?;
//! }
//! # }
//! ```
//!
//! The mailbox is opened for reading only (EXAMINE), so nothing in it changes: no message is marked as
//! seen, or as not recent any more. Where a server numbers its messages anew, all of them come again, and
//! whoever takes them has to know those that came before.
//!
//! `async-imap` parses and frames. What may not be in here: what a message says.

mod bounded;
mod error;
mod framing;
mod greeting;
mod listed;
mod messages;
mod wire;

use std::time::Duration;

use async_imap::imap_proto::{Capability, Outcome, Response, ResponseCode, Status};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{Credentials, Server};
pub use error::{Cause, Error};
pub use messages::{Message, Messages};
use wire::{Wire, ignored};

/// A mailbox of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Where it is.
    pub server: Server,
    /// Whose it is.
    pub credentials: Credentials,
    /// Its name, as the server lists it; `INBOX` is where mail arrives.
    pub mailbox: String,
}

/// A message's place in a mailbox. Places of one `uid_validity` are in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// What the server calls this numbering of the messages (UIDVALIDITY).
    pub uid_validity: u32,
    /// The message's number in it (UID).
    pub uid: u32,
}

/// How mail is fetched.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The largest message that is fetched as a whole, in bytes; a server that announces more than 64 KiB beyond it at
    /// once is not heard any further.
    pub max_bytes: usize,
    /// How long the server may take for a piece of an answer: one message, at most.
    pub patience: Duration,
    /// How long [`Inbox::wait`] waits where the server can not tell of new mail by itself.
    pub poll: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_bytes: 32 * 1024 * 1024,
            patience: Duration::from_secs(120),
            poll: Duration::from_secs(60),
        }
    }
}

/// A connection to a mailbox. One on which a call was dropped before it ended has to be opened anew.
pub struct Inbox {
    wire: Wire,
    options: Options,
    uid_validity: u32,
    uid_next: Option<u32>,
    can_idle: bool,
}

impl Inbox {
    /// Connects, signs in, and opens the mailbox for reading.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn open(account: &Account, options: Options) -> Result<Self, Error> {
        let mailbox = quoted(&account.mailbox)?;
        let mut wire = Wire::open(account, options.patience).await?;
        let mut can_idle = false;
        wire.exchange("CAPABILITY", |response| {
            if let Response::Capabilities(all) = response {
                // RFC 2177.
                can_idle = all.contains(&Capability::Atom("IDLE".into()));
            }
            Ok(())
        })
        .await?;
        let (mut uid_validity, mut uid_next) = (None, None);
        wire.exchange(&format!("EXAMINE {mailbox}"), |response| {
            match code(response) {
                Some(ResponseCode::UidValidity(number)) => uid_validity = Some(*number),
                Some(ResponseCode::UidNext(number)) => uid_next = Some(*number),
                _ => {}
            }
            Ok(())
        })
        .await?;
        wire.has_news = false;
        let unnumbered = || Error::Protocol("the mailbox has no UIDVALIDITY".to_owned());
        Ok(Self {
            wire,
            options,
            uid_validity: uid_validity.ok_or_else(unnumbered)?,
            uid_next,
            can_idle,
        })
    }

    /// The place after which there was nothing yet when the mailbox was opened, for who wants nothing of
    /// what is older; `None` if the server does not tell.
    #[must_use]
    pub fn end(&self) -> Option<Place> {
        Some(Place {
            uid_validity: self.uid_validity,
            uid: self.uid_next?.saturating_sub(1),
        })
    }

    /// The messages after a place; all, if there is none, or it is of another numbering.
    pub fn after(&mut self, place: Option<Place>) -> Messages<'_> {
        Messages::new(self, place)
    }

    /// Whether the server tells of new mail by itself, so that [`Self::wait`] ends when it comes.
    #[must_use]
    pub fn tells_of_mail(&self) -> bool {
        self.can_idle
    }

    /// Waits until there may be new mail, but no longer than this. Servers end a wait of more than half
    /// an hour.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn wait(&mut self, longest: Duration) -> Result<(), Error> {
        if self.wire.has_news {
            return Ok(());
        }
        if !self.can_idle {
            sleep(longest.min(self.options.poll)).await;
            return Ok(());
        }
        let until = Instant::now() + longest;
        let id = self.wire.say("IDLE").await?;
        self.wire.hear_invitation(&id).await?;
        while !self.wire.has_news {
            let Ok(ended) = timeout_at(until, self.wire.hear(&id, ignored)).await else {
                break;
            };
            // Unasked, as where the server has waited long enough.
            if ended? {
                return Ok(());
            }
        }
        self.wire.go_on("DONE").await?;
        self.wire.hear_until(&id, ignored).await
    }

    /// Takes leave of the server.
    pub async fn close(mut self) {
        // It is left either way.
        let _ = self.wire.leave().await;
    }
}

fn code<'a>(response: &'a Response<'_>) -> Option<&'a ResponseCode<'a>> {
    match response {
        Response::Data {
            status: Status::Ok,
            outcome: Outcome { code, .. },
        } => code.as_ref(),
        _ => None,
    }
}

/// A quoted string (RFC 3501, section 9).
fn quoted(name: &str) -> Result<String, Error> {
    if !name.is_ascii() || name.contains(|char: char| char.is_ascii_control()) {
        return Err(Error::Refused(format!(
            "{name:?} is not a name of a mailbox"
        )));
    }
    let escaped = name.replace('\\', r"\\").replace('"', "\\\"");
    Ok(format!("\"{escaped}\""))
}
