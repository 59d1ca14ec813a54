//! What a caller chooses about a server, and what becomes of it on the command line.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// How much a server does to keep its data through a crash of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// PostgreSQL's own defaults: a committed transaction survives a power cut.
    Durable,
    /// For tests: nothing is forced to disk, and what a crash leaves behind is worthless.
    Scratch,
}

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the server, made if missing. See the crate's documentation for what it holds.
    pub data_dir: PathBuf,
    /// The folder with `postgres` and `initdb`; searched for if `None`.
    pub binaries: Option<PathBuf>,
    /// Whether the data survives a crash of the machine.
    pub durability: Durability,
    /// Settings of `postgresql.conf`, such as `("max_connections", "50")`. Where the server listens
    /// cannot be changed.
    pub settings: Vec<(String, String)>,
    /// How long the server may take until it accepts connections; recovery after a crash counts.
    pub start_timeout: Duration,
    /// Names of files of the caller that may lie in `data_dir` before there is a cluster. With
    /// anything else in it the folder is foreign.
    pub callers_files: &'static [&'static str],
}

impl Options {
    /// A durable server in `data_dir` with whatever binaries are found, given a minute to start.
    pub fn durable(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            binaries: None,
            durability: Durability::Durable,
            settings: Vec::new(),
            start_timeout: Duration::from_secs(60),
            callers_files: &[],
        }
    }

    /// The same for tests: fast, and worthless after a crash.
    pub fn scratch(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            durability: Durability::Scratch,
            ..Self::durable(data_dir)
        }
    }

    /// `-c name=value` for each setting. PostgreSQL lets the last of several win.
    pub(crate) fn arguments(&self, socket_dir: &Path) -> Vec<String> {
        let chosen = self.settings.iter().cloned();
        defaults(self.durability)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain(chosen)
            .chain(enforced(socket_dir))
            .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
            .collect()
    }
}

/// What a caller may replace.
fn defaults(durability: Durability) -> Vec<(&'static str, &'static str)> {
    // Room for a bulk load between two checkpoints.
    let mut settings = vec![("max_wal_size", "2GB")];
    if durability == Durability::Scratch {
        settings.extend([
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
        ]);
    }
    settings
}

/// What nobody may replace: the server is private, and its log is the file it was given.
fn enforced(socket_dir: &Path) -> Vec<(String, String)> {
    [
        ("listen_addresses", String::new()),
        ("port", crate::socket::PORT.to_string()),
        ("unix_socket_directories", quoted(socket_dir)),
        ("unix_socket_permissions", "0700".to_owned()),
        ("logging_collector", "off".to_owned()),
        ("log_destination", "stderr".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The setting is a list: quotes keep a comma or space inside one folder's name.
fn quoted(socket_dir: &Path) -> String {
    format!(
        "\"{}\"",
        socket_dir.display().to_string().replace('"', "\"\"")
    )
}
