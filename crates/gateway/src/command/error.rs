//! Why a command failed.

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
};

use tenant::{Finding, Tier};

use crate::{
    InvalidUrl, LinkKeyError, ManifestError, TlsError, Unready, WatchError,
    auth::{KeyError, TrustError},
    database::DatabaseError,
    settings::SettingsError,
    telemetry::TelemetryError,
    work::WorkError,
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
    /// The operating system gave no threads, or no signals.
    #[error("the operating system does not let the gateway run: {0}")]
    Runtime(io::Error),
    /// The address can not be listened on.
    #[error(
        "{address} can not be listened on ({cause}): {}choose another address with --listen",
        remedy(cause)
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The address of the metrics can not be listened on.
    #[error(
        "metrics can not be read at {address} ({cause}): choose another address with --metrics-addr"
    )]
    Metrics {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// Webhooks can not be checked.
    #[error(transparent)]
    Webhooks(Unready),
    /// Anybody could sign in.
    #[error(
        "{0} can be reached from other machines, where tokens signed with a shared key (HS256) are not enough: set \
         GATEWAY_JWKS_URL or GATEWAY_TOKEN_KEYS_FILE to an identity provider's keys, or listen on 127.0.0.1; if all who \
         have the key are trusted to speak for every tenant, set GATEWAY_SHARED_KEY_EVERYWHERE=true"
    )]
    OpenToAll(SocketAddr),
    /// The server failed.
    #[error("the server failed: {0}")]
    Serve(io::Error),
    /// No database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Roles or migrations.
    #[error("the schema could not be read or changed")]
    Migration(#[from] migrations::Error),
    /// A bad URL.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// The trusted documents can not be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Links can not be signed.
    #[error(transparent)]
    Links(#[from] LinkKeyError),
    /// Clients can not be spoken to by TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Events have nowhere to go.
    #[error(transparent)]
    Events(#[from] events::TargetError),
    /// Nothing can be watched.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// Mail can not be sent.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// Nothing was counted.
    #[error("the numbers were not counted, and are as they were")]
    Uncounted(#[from] analytics::Trouble),
    /// Trusted documents that can not be run.
    #[error("problems found: {problems}; documents looked at: {count}")]
    Documents {
        /// Each had a line.
        problems: usize,
        /// How many documents there are.
        count: usize,
    },
    /// No token key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nobody's tokens could be verified.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The schema is behind.
    #[error(
        "the {tier} database lacks {missing} of {all} migrations: run `gateway migrate up` with GATEWAY_MIGRATION_URL set, then start again",
        tier = .0.tier.as_str(), missing = .0.missing, all = .0.all
    )]
    Behind(Behind),
    /// The database can not keep the promise.
    #[error("the database does not isolate tenants, so it is not served: {}", list(.0))]
    Unsafe(Vec<Finding>),
    /// The same, after the findings were printed.
    #[error("{} found that breaks the isolation of tenants", if *.0 == 1 { "one thing was".to_owned() } else { format!("{} things were", .0) })]
    Findings(usize),
    /// The database can not be asked.
    #[error(
        "the {name} database can not be asked: {1}; is it running, is its URL right, is its schema up to date (`gateway migrate status`)?",
        name = .0.as_str()
    )]
    Unreachable(Tier, sqlx::Error),
    /// Data could not be made.
    #[error("no data was written")]
    Seed(#[from] ::seed::Error),
    /// Leads were not imported, or not all.
    #[error(transparent)]
    Import(#[from] super::import_leads::ImportError),
    /// Nobody of that name.
    #[error("{0}")]
    Usage(String),
    /// Standard output can not be written to.
    #[error("the result can not be written: {0}")]
    Output(io::Error),
    /// Ctrl-C or SIGTERM.
    #[error("stopped before it was done; what was not finished was taken back")]
    Interrupted,
}

/// How far a schema is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Which database.
    pub tier: Tier,
    /// How many migrations the database lacks.
    pub missing: usize,
    /// How many there are.
    pub all: usize,
}

impl From<Unready> for CommandError {
    fn from(why: Unready) -> Self {
        match why {
            Unready::Url(why) => why.into(),
            Unready::Documents(why) => why.into(),
            Unready::Links(why) => why.into(),
            Unready::Tls(why) => why.into(),
            Unready::Events(why) => why.into(),
            Unready::Watch(why) => why.into(),
            why @ Unready::Stripe(_) => Self::Webhooks(why),
        }
    }
}

fn remedy(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::AddrInUse => "stop the program that uses it, or ",
        _ => "",
    }
}

fn list(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("\n  {finding}"))
        .collect()
}

impl CommandError {
    /// Tells the user, with the causes below.
    pub fn print(&self) {
        let mut text = format!("error: {self}\n");
        let mut last = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let message = error.to_string();
            // A wrapper that repeats its cause says it once.
            if !last.contains(&message) {
                text.push_str(&format!("  because: {message}\n"));
            }
            last = message;
            cause = error.source();
        }
        // A closed standard error leaves the exit status to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}
