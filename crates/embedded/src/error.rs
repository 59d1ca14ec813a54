//! Why a server did not start, and what to do about it.

use std::{io, path::PathBuf};

use crate::{BINARIES_VARIABLE, DATA_DIR_VARIABLE, OLDEST_MAJOR};

/// What went wrong, as one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No folder with `postgres` and `initdb` was found.
    #[error(
        "no PostgreSQL binaries found: install PostgreSQL {OLDEST_MAJOR} or newer (Debian: \
         `apt-get install postgresql`, macOS: `brew install postgresql@17`), or set \
         {BINARIES_VARIABLE} to the folder that holds `postgres` and `initdb`, or set DATABASE_URL \
         to use a server that runs already"
    )]
    NoBinaries,

    /// The folder that was named lacks one of the two programs.
    #[error(
        "{} does not hold both `postgres` and `initdb`: set {BINARIES_VARIABLE} to the folder that does",
        dir.display()
    )]
    IncompleteBinaries {
        /// The folder that was looked into.
        dir: PathBuf,
    },

    /// `postgres --version` did not answer with a version.
    #[error(
        "`{} --version` does not run or does not answer with a version ({answer}): set \
         {BINARIES_VARIABLE} to the folder of another installation",
        program.display()
    )]
    UnknownVersion {
        /// The program that was asked.
        program: PathBuf,
        /// What it said, or why it did not run.
        answer: String,
    },

    /// The binaries are too old.
    #[error(
        "the PostgreSQL binaries in {} are version {found}, at least {OLDEST_MAJOR} is needed: \
         install a newer PostgreSQL or set {BINARIES_VARIABLE} to the folder of one",
        dir.display()
    )]
    TooOld {
        /// Where the binaries are.
        dir: PathBuf,
        /// Their major version.
        found: u32,
    },

    /// The cluster was made by another major version.
    #[error(
        "the data in {} was made by PostgreSQL {data}, but the binaries in {} are version {found}: \
         install PostgreSQL {data} beside it (or set {BINARIES_VARIABLE} to where it is), or move the \
         data over with pg_upgrade or pg_dumpall, or set {DATA_DIR_VARIABLE} to a new folder",
        cluster.display(), binaries.display()
    )]
    OtherVersion {
        /// The cluster.
        cluster: PathBuf,
        /// The major version that made it.
        data: u32,
        /// Where the binaries are.
        binaries: PathBuf,
        /// Their major version.
        found: u32,
    },

    /// The folder holds something else.
    #[error(
        "{} is not empty and not a PostgreSQL data directory made here: set {DATA_DIR_VARIABLE} to \
         a new or empty folder",
        dir.display()
    )]
    Foreign {
        /// The folder.
        dir: PathBuf,
    },

    /// The folder is a cluster of somebody else's server.
    #[error(
        "{} is itself the data directory of a PostgreSQL {version} server: set {DATA_DIR_VARIABLE} to \
         a new or empty folder, or start that server and set DATABASE_URL to it",
        dir.display()
    )]
    ForeignCluster {
        /// The folder.
        dir: PathBuf,
        /// What its `PG_VERSION` says.
        version: String,
    },

    /// Another process uses the folder.
    #[error(
        "{} is in use by process {pid}: stop that process first, or set {DATA_DIR_VARIABLE} to \
         another folder",
        dir.display()
    )]
    InUse {
        /// The folder.
        dir: PathBuf,
        /// The process, or 0 where it did not say who it is yet.
        pid: i32,
    },

    /// The cluster belongs to a user as whom the server cannot be run.
    #[error(
        "{} belongs to user {owner}, and the server would run as {user}: run as its owner, or hand \
         it over with `chown -R {user} {}`, or set {DATA_DIR_VARIABLE} to another folder",
        dir.display(), dir.display()
    )]
    WrongOwner {
        /// The cluster.
        dir: PathBuf,
        /// Who owns it.
        owner: String,
        /// As whom the server would run.
        user: String,
    },

    /// The user the server runs as may not walk to a folder.
    #[error(
        "user {user}, as whom PostgreSQL runs because it refuses root, cannot reach {}: set \
         {setting} to a folder that every user may enter, such as one below /var/lib or /opt",
        path.display()
    )]
    Unreachable {
        /// As whom the server would run.
        user: String,
        /// What cannot be reached.
        path: PathBuf,
        /// The setting that chose the path.
        setting: &'static str,
    },

    /// Root has nobody to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor \
         `nobody`: run as another user, or add one with `useradd --system postgres`"
    )]
    NoAccount,

    /// `initdb` failed.
    #[error("initdb could not make a database cluster: {output}")]
    Initdb {
        /// The last lines it said.
        output: String,
    },

    /// The server ended before it took connections.
    #[error("PostgreSQL stopped while starting; its log {} ends with:\n{tail}", log.display())]
    DiedEarly {
        /// The whole log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// The server runs but takes no connections.
    #[error(
        "PostgreSQL takes no connections after {seconds} s; its log {} ends with:\n{tail}",
        log.display()
    )]
    NotReady {
        /// How long was waited.
        seconds: u64,
        /// The whole log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },

    /// A server does not end.
    #[error("PostgreSQL (process {pid}) does not stop: end it with `kill -QUIT {pid}`")]
    StillRunning {
        /// The process.
        pid: i32,
    },

    /// A name that PostgreSQL would cut short or cannot hold.
    #[error("{name:?} cannot name a database: 1 to 63 bytes without a NUL are needed")]
    Name {
        /// The name.
        name: String,
    },

    /// A file or process could not be handled.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// A statement failed.
    #[error("the embedded PostgreSQL refused a statement")]
    Statement(#[from] sqlx::Error),
}

/// Gives an I/O error its action and path: `.map_err(doing("create", &path))`.
pub(crate) fn doing(
    action: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io {
        action,
        path,
        source,
    }
}
