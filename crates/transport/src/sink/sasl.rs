//! Signing in: the mechanisms PLAIN (RFC 4616) and LOGIN, by the exchange of RFC 4954.

use base64::{Engine, prelude::BASE64_STANDARD};
use smtp_proto::{AUTH_LOGIN, AUTH_PLAIN};

use super::Reply;

/// What is waited for.
#[derive(Debug)]
pub(super) enum Exchange {
    Plain,
    LoginUser,
    LoginPassword { user: String },
}

/// What a line has led to.
#[derive(Debug)]
pub(super) enum Answered {
    /// One more line is wanted.
    Ask(Reply, Exchange),
    /// Somebody says who they are: user and password.
    Claim(String, String),
    /// The line is none that the mechanism knows.
    Spoiled,
}

impl Exchange {
    /// Begins, with what came along with the command, which may be empty; `None` for an unknown
    /// mechanism.
    pub(super) fn begin(mechanism: u64, initial: &str) -> Option<Answered> {
        let exchange = match mechanism {
            AUTH_PLAIN => Self::Plain,
            AUTH_LOGIN => Self::LoginUser,
            _ => return None,
        };
        Some(if initial.is_empty() {
            Answered::Ask(exchange.prompt(), exchange)
        } else {
            exchange.answer(initial.as_bytes())
        })
    }

    pub(super) fn answer(self, line: &[u8]) -> Answered {
        let Some(text) = decode(line) else {
            return Answered::Spoiled;
        };
        match self {
            Self::Plain => plain(&text).unwrap_or(Answered::Spoiled),
            Self::LoginUser => {
                let next = Self::LoginPassword { user: text };
                Answered::Ask(next.prompt(), next)
            }
            Self::LoginPassword { user } => Answered::Claim(user, text),
        }
    }

    fn prompt(&self) -> Reply {
        let question = match self {
            Self::Plain => "",
            Self::LoginUser => "Username:",
            Self::LoginPassword { .. } => "Password:",
        };
        Reply::new(334, BASE64_STANDARD.encode(question))
    }
}

fn decode(line: &[u8]) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(line.trim_ascii()).ok()?;
    String::from_utf8(bytes).ok()
}

/// Whom to act as, who one is, the password, with NUL between them.
fn plain(text: &str) -> Option<Answered> {
    let mut parts = text.split('\0').skip(1);
    let (user, password) = (parts.next()?, parts.next()?);
    Some(Answered::Claim(user.to_owned(), password.to_owned()))
}
