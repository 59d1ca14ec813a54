//! What became of a message that was not accepted.

use std::{error::Error, fmt, io, time::Duration};

use lettre::transport::smtp;

use crate::{NoAddress, dial::Undialled, excerpt::excerpt};

/// How far it had come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// TCP, and a place among the connections to the server.
    Connect,
    /// TLS, with the word that begins it.
    Tls,
    /// The server's first words, and `EHLO`.
    Greeting,
    /// `AUTH`.
    SignIn,
    /// `MAIL`.
    Sender,
    /// `RCPT` for this address.
    Recipient(String),
    /// `DATA`.
    Data,
    /// The message itself, and the answer to it.
    Content,
}

impl Phase {
    /// Whether the server has let somebody in, and hears of a message.
    pub(super) fn is_within(&self) -> bool {
        match self {
            Self::Connect | Self::Tls | Self::Greeting | Self::SignIn => false,
            Self::Sender | Self::Recipient(_) | Self::Data | Self::Content => true,
        }
    }

    /// What is refused before is the account, with all its messages; from here on it is, unless the codes say else, the
    /// message.
    #[must_use]
    pub fn is_about_message(&self) -> bool {
        self.is_within() && *self != Self::Sender
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect => out.write_str("connecting"),
            Self::Tls => out.write_str("TLS"),
            Self::Greeting => out.write_str("the greeting"),
            Self::SignIn => out.write_str("signing in"),
            Self::Sender => out.write_str("the sender"),
            Self::Recipient(address) => write!(out, "the recipient {address}"),
            Self::Data => out.write_str("DATA"),
            Self::Content => out.write_str("the content"),
        }
    }
}

/// What the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// To what.
    pub phase: Phase,
    /// The reply code, 400 to 599 (RFC 5321, section 4.2).
    pub code: u16,
    /// The enhanced status code, such as `5.1.1` (RFC 3463), if there is one.
    pub status: Option<String>,
    /// The lines of the reply, joined by spaces, with the enhanced status code: their beginning, if they are long.
    pub text: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} to {}: {}", self.code, self.phase, self.text)
    }
}

/// What a connection failed of.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// It took longer than this.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// All connections to the server were in use for longer than [`super::Options::wait`].
    #[error("no connection to the server became free in time")]
    Busy,
    /// Nobody tried, because the server could not be reached a moment ago, for longer and longer.
    #[error("the mail server is away, for {since:?} by now: {reason}")]
    Away {
        /// How long it has been away.
        since: Duration,
        /// What became of the last message that was tried.
        reason: String,
    },
    /// The server knows no TLS.
    #[error("the server offers no STARTTLS")]
    NoStartTls,
    /// See [`crate::Security::None`].
    #[error("a password is not sent in clear to another machine: choose STARTTLS or TLS")]
    PasswordInClear,
    /// See [`crate::Server::networks`].
    #[error(transparent)]
    NoAddress(#[from] NoAddress),
    /// TCP or TLS.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The connection is lost, or what came is not SMTP.
    #[error(transparent)]
    Smtp(#[from] smtp::Error),
}

impl From<Undialled> for Cause {
    fn from(undialled: Undialled) -> Self {
        match undialled {
            Undialled::Io(error) => error.into(),
            Undialled::NoAddress(none) => none.into(),
        }
    }
}

/// What is wrong with a message, whatever the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// `from` or one of `to`.
    #[error("{0:?} is not an address")]
    Address(String),
    /// `to` is empty.
    #[error("the message is to nobody")]
    Nobody,
    /// A line ends in CR or LF alone: servers differ in what they take it for, and what follows could
    /// pass for another message.
    #[error("a line of the message does not end in CR LF")]
    LineEnd,
    /// An address has letters beyond ASCII, and the server does not offer SMTPUTF8 (RFC 6531).
    #[error("the server takes no address beyond ASCII")]
    NeedsSmtpUtf8,
    /// A recipient is at a name that nobody can own, as of a demo; no other machine is asked to take it.
    #[error(
        "{0} is no address of anybody (RFC 2606): only a server of this machine is sent mail for it"
    )]
    Reserved(String),
    /// The message has bytes beyond ASCII, and the server does not offer 8BITMIME (RFC 6152).
    #[error("the server takes no message beyond ASCII")]
    NeedsEightBitMime,
}

/// Why a message was not, or perhaps not, accepted.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The server said no (5xx): neither this message nor, by [`Answer::about`], another will be taken so.
    #[error("rejected with {0}")]
    Rejected(Answer),
    /// The server said not now (4xx): to be sent again, later.
    #[error("put off with {0}")]
    Later(Answer),
    /// Certainly not accepted: its end was not sent. May be sent again.
    #[error("not sent, failed at {phase}")]
    NotReached {
        /// How far it had come.
        phase: Phase,
        /// What happened.
        #[source]
        cause: Cause,
    },
    /// Sent to its end, and the answer is missing: accepted or not. Who sends it again may send it
    /// twice.
    #[error("sent, and not answered")]
    Unknown {
        /// What happened.
        #[source]
        cause: Cause,
    },
    /// Not sent: the message can not be.
    #[error("not sent: {0}")]
    Unfit(#[from] Unfit),
}

impl Refused {
    pub(super) fn not_reached(phase: Phase, cause: impl Into<Cause>) -> Self {
        let cause = cause.into();
        Self::NotReached { phase, cause }
    }

    /// What an error means as long as the end of the content was not sent.
    pub(super) fn of(phase: Phase, error: smtp::Error) -> Self {
        match Answer::of(&phase, &error) {
            Some(answer) if error.is_permanent() => Self::Rejected(answer),
            Some(answer) => Self::Later(answer),
            None => Self::not_reached(phase, error),
        }
    }

    /// What an error means once the end of the content was, or may have been, sent.
    pub(super) fn after_end(error: smtp::Error) -> Self {
        match Self::of(Phase::Content, error) {
            Self::NotReached { cause, .. } => Self::Unknown { cause },
            refused => refused,
        }
    }

    /// What happened, with what it comes from.
    #[must_use]
    pub fn with_cause(&self) -> String {
        match self.source() {
            Some(cause) => format!("{self}: {}", excerpt(&cause.to_string())),
            None => self.to_string(),
        }
    }

    /// The server had left before it heard of the message: another connection may do better.
    pub(super) fn is_before_message(&self) -> bool {
        match self {
            Self::NotReached { phase, cause } => {
                *phase == Phase::Sender && matches!(cause, Cause::Smtp(_))
            }
            // RFC 5321, section 3.8: the server closes the connection.
            Self::Later(answer) => answer.phase == Phase::Sender && answer.code == 421,
            _ => false,
        }
    }

    /// Whether the server has answered and waits for the next command.
    pub(super) fn leaves_connection(&self) -> bool {
        match self {
            Self::Rejected(_) | Self::Unfit(_) => true,
            Self::Later(answer) => answer.code != 421,
            Self::NotReached { .. } | Self::Unknown { .. } => false,
        }
    }
}

impl Answer {
    fn of(phase: &Phase, error: &smtp::Error) -> Option<Self> {
        let code = error.status()?;
        let text = error.source().map(ToString::to_string).unwrap_or_default();
        let phase = phase.clone();
        Some(Self {
            phase,
            code: code.into(),
            status: status(&text),
            text: excerpt(&text),
        })
    }

    /// Of a reply as it was said, with the code before each line.
    pub(super) fn new(phase: Phase, code: u16, reply: &str) -> Self {
        let lines = reply.lines().filter_map(|line| line.get(4..));
        let text = lines.collect::<Vec<_>>().join(" ");
        Self {
            phase,
            code,
            status: status(&text),
            text: excerpt(&text),
        }
    }
}

/// The enhanced status code that a text begins with (RFC 3463, section 2).
fn status(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let is_class = matches!(parts.next()?, "2" | "4" | "5");
    let rest: Vec<_> = parts.collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (is_class && rest.len() == 2 && rest.iter().all(is_number)).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn an_enhanced_status_code_is_told_from_other_words() {
        for (text, expected) in [
            ("5.1.1 no such mailbox", Some("5.1.1")),
            ("4.7.650", Some("4.7.650")),
            ("3.1.1 no class", None),
            ("5.1 short", None),
            ("5.1.1.1 long", None),
            ("5.1.x letter", None),
            ("192.0.2.1 listed", None),
            ("", None),
        ] {
            assert_eq!(status(text).as_deref(), expected, "{text}");
        }
    }
}
