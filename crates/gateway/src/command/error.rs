//! Why a command failed.

use std::{error::Error, io, net::SocketAddr};

use crate::{
    InvalidUrl,
    auth::KeyError,
    database::DatabaseError,
    settings::SettingsError,
    telemetry::TelemetryError,
};

/// Each message says in a sentence what to do.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// A bad settings file.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Bad telemetry settings.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The operating system gave no threads.
    #[error("no runtime could be started: {0}")]
    Runtime(io::Error),
    /// The address can not be listened on.
    #[error("{address} can not be listened on: {cause}; stop the program that uses it, or choose another address with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// Anybody could sign in.
    #[error("{0} can be reached from other machines, where a key made for development is not enough; set GATEWAY_TOKEN_KEY")]
    OpenToAll(SocketAddr),
    /// The server failed.
    #[error("the server failed: {0}")]
    Serve(io::Error),
    /// No database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Roles or migrations.
    #[error("the schema could not be changed")]
    Migration(#[from] migrations::Error),
    /// A bad URL.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// No token key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The schema is behind.
    #[error("the database lacks {0} migrations; run `gateway migrate up` with GATEWAY_MIGRATION_URL set")]
    Behind(usize),
    /// The database can not keep the promise.
    #[error("{0} findings; the gateway does not serve a database that does not isolate tenants. `gateway doctor` lists them")]
    Unsafe(usize),
    /// The database can not be asked.
    #[error("the database can not be asked: {0}; is it running, and is DATABASE_URL right?")]
    Unreachable(sqlx::Error),
    /// Data could not be made.
    #[error("the data could not be written")]
    Seed(#[from] ::seed::Error),
    /// Wrong arguments.
    #[error("{0}")]
    Usage(String),
}

impl CommandError {
    /// Tells the user, with the causes below.
    #[expect(clippy::print_stderr, reason = "the output of a command that failed")]
    pub fn print(&self) {
        eprintln!("error: {self}");
        let mut last = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // A wrapper that repeats its cause says it once.
            if !last.contains(&text) {
                eprintln!("  because: {text}");
            }
            last = text;
            cause = error.source();
        }
    }
}
