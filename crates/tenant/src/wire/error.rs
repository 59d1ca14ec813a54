//! The driver's errors as sqlx's, which are those that SeaORM's errors carry.

use std::{borrow::Cow, error::Error as StdError, fmt, io};

use sqlx::error::{DatabaseError, ErrorKind};
use tokio_postgres::{Error, error::DbError, error::SqlState};

/// An error that PostgreSQL answered with.
#[derive(Clone, Debug)]
pub(crate) struct ServerError(DbError);

impl ServerError {
    /// More about it; may hold the client's values.
    pub(crate) fn detail(&self) -> Option<&str> {
        self.0.detail()
    }
}

/// An error of a connection that was made.
pub(crate) fn of_driver(error: Error) -> sqlx::Error {
    if let Some(error) = error.as_db_error() {
        return sqlx::Error::Database(Box::new(ServerError(error.clone())));
    }
    if error.is_closed() {
        return sqlx::Error::Io(io::Error::new(io::ErrorKind::ConnectionReset, error));
    }
    let text = error.to_string();
    match error
        .into_source()
        .map(|source| source.downcast::<io::Error>())
    {
        Some(Ok(error)) => sqlx::Error::Io(*error),
        Some(Err(source)) => sqlx::Error::Decode(format!("{text}: {source}").into()),
        None => sqlx::Error::Decode(text.into()),
    }
}

/// An error of making a connection.
pub(crate) fn connecting(error: Error) -> sqlx::Error {
    match of_driver(error) {
        // A password is missing, or TLS is asked for that the server does not have.
        sqlx::Error::Decode(error) => sqlx::Error::Protocol(error.to_string()),
        error => error,
    }
}

/// A prepared statement that does not fit any more: a table was changed, or the statement is not there.
pub(super) fn is_stale(error: &Error) -> bool {
    error.code().is_some_and(|code| {
        *code == SqlState::FEATURE_NOT_SUPPORTED || *code == SqlState::INVALID_SQL_STATEMENT_NAME
    })
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.severity(), self.0.message())
    }
}

impl StdError for ServerError {}

impl DatabaseError for ServerError {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.code().code().into())
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn is_transient_in_connect_phase(&self) -> bool {
        let code = self.0.code();
        *code == SqlState::TOO_MANY_CONNECTIONS || *code == SqlState::CANNOT_CONNECT_NOW
    }

    fn constraint(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn table(&self) -> Option<&str> {
        self.0.table()
    }

    fn kind(&self) -> ErrorKind {
        match self.0.code() {
            code if *code == SqlState::UNIQUE_VIOLATION => ErrorKind::UniqueViolation,
            code if *code == SqlState::FOREIGN_KEY_VIOLATION => ErrorKind::ForeignKeyViolation,
            code if *code == SqlState::NOT_NULL_VIOLATION => ErrorKind::NotNullViolation,
            code if *code == SqlState::CHECK_VIOLATION => ErrorKind::CheckViolation,
            _ => ErrorKind::Other,
        }
    }
}
