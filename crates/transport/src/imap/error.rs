//! Why mail could not be fetched.

use std::{io, time::Duration};

use crate::{NoAddress, dial::Undialled, excerpt::excerpt};

/// What keeps mail from being fetched; the first two want somebody to do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server knows no such user, or not by this password.
    #[error("the server does not let the user in: {0}")]
    Credentials(String),
    /// The server does not do what it was asked: mostly, there is no such mailbox.
    #[error("the server refuses: {0}")]
    Refused(String),
    /// No connection, or it was lost, or nothing came for too long: to be tried again, later.
    #[error("the server is not reached")]
    NotReached(#[source] Cause),
    /// What the server says is not IMAP, or not of the kind that is needed.
    #[error("the server is not understood: {0}")]
    Protocol(String),
}

/// What happened to a connection.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// It took longer than this.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// See [`crate::Server::networks`].
    #[error(transparent)]
    NoAddress(#[from] NoAddress),
    /// TCP or TLS.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The server has closed the connection, with or without a word.
    #[error("the server has left: {0}")]
    Left(String),
    /// The server is there and can not do it now (RFC 5530).
    #[error("the server can not now: {0}")]
    Unavailable(String),
    /// The server knows no TLS.
    #[error("the server offers no STARTTLS: {0}")]
    NoStartTls(String),
    /// See [`crate::Security::None`].
    #[error("a password is not sent in clear to another machine: choose STARTTLS or TLS")]
    PasswordInClear,
    /// An earlier call was dropped before it ended.
    #[error("something is half said on the connection: open another one")]
    HalfSaid,
}

impl From<Undialled> for Cause {
    fn from(undialled: Undialled) -> Self {
        match undialled {
            Undialled::Io(error) => error.into(),
            Undialled::NoAddress(none) => none.into(),
        }
    }
}

impl<C: Into<Cause>> From<C> for Error {
    fn from(cause: C) -> Self {
        Self::NotReached(cause.into())
    }
}

impl From<async_imap::error::Error> for Error {
    fn from(error: async_imap::error::Error) -> Self {
        use async_imap::error::Error as E;
        match error {
            E::Io(error) => heard(error),
            E::ConnectionLost => Cause::Left(String::new()).into(),
            E::No(text) => Self::Refused(excerpt(&text)),
            other => Self::Protocol(excerpt(&other.to_string())),
        }
    }
}

/// The library tells of what it can not parse as an error of no kind.
pub(super) fn heard(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::Other {
        Error::Protocol(excerpt(&error.to_string()))
    } else {
        error.into()
    }
}
