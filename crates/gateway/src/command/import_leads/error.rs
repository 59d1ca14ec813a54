//! Why leads were not imported, or not all.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use tenant::Refusal;

use crate::operation::Unanswered;

/// Each message says in a sentence what to do.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not there or can not be read.
    #[error("{file} can not be read: {cause}")]
    Unreadable {
        /// The file, as people call it.
        file: String,
        /// Why.
        cause: io::Error,
    },
    /// There is not even a header.
    #[error("{} is empty: its first line has to name the columns, `email` among them (and `name`, `company`)", named(.0))]
    Empty(PathBuf),
    /// Another kind of file.
    #[error("the first line of {} is longer than 64 KiB: is it a CSV file?", named(.0))]
    LongHeader(PathBuf),
    /// Not the encoding that everything else is in.
    #[error("the file is UTF-16, or no text at all: save it as \"CSV UTF-8\"")]
    Utf16,
    /// There are no addresses.
    #[error(
        "there is no column `email`: the first line has to name the columns, and has: {0} (if they are not separated by a comma, a semicolon or a tab, say by what with --delimiter)"
    )]
    NoEmail(String),
    /// Which one is meant is unknown.
    #[error("there are two columns `{0}`: rename one of them in the first line")]
    Twice(&'static str),
    /// The file for rejects is there.
    #[error(
        "{} is there already, and rejects would go there: move it away, name another file with --rejects, or replace it with --force",
        .0.display()
    )]
    RejectsExist(PathBuf),
    /// The file for rejects is the file that is read.
    #[error("rejects can not go to {}, which is the file to import: name another file with --rejects", .0.display())]
    RejectsAreInput(PathBuf),
    /// There is no folder for the rejects.
    #[error("rejects can not go to {}: {cause}; name another file with --rejects", path.display())]
    RejectsUnwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// It ended before the file did.
    #[error("{cause}; {}", rest(*line))]
    Stopped {
        /// Why.
        cause: Cause,
        /// The last line of the file that was dealt with; `None` if none was.
        line: Option<u64>,
    },
}

/// What ended an import half way.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Ctrl-C or SIGTERM.
    #[error("stopped")]
    Asked,
    /// The file.
    #[error("the file can not be read on: {0}")]
    Unreadable(io::Error),
    /// The mutation was refused.
    #[error("{0}")]
    Refused(String),
    /// The rejects of a batch, which itself was imported.
    #[error("the rejects of the last lines can not be written to {}: {cause}", path.display())]
    Rejects {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl ImportError {
    pub(super) fn unreadable(path: &Path, cause: io::Error) -> Self {
        let file = named(path).to_string();
        Self::Unreadable { file, cause }
    }
}

impl From<Unanswered> for Cause {
    fn from(unanswered: Unanswered) -> Self {
        let sentence = match unanswered {
            Unanswered::Refused(Refusal::NotAMember) => {
                "the user is not an active member of this tenant"
            }
            Unanswered::Refused(Refusal::Unavailable) => {
                "the database can not be reached: is it running?"
            }
            Unanswered::Refused(Refusal::Busy) => "all connections of the database are in use",
            // A broken connection may have saved the batch; to do it again is safe, and said so.
            Unanswered::CommitFailed => "a batch could not be saved",
            Unanswered::TimedOut => "a batch took longer than GATEWAY_REQUEST_TIMEOUT_MS",
        };
        Self::Refused(sentence.to_owned())
    }
}

/// What is done and what is to do.
fn rest(line: Option<u64>) -> String {
    match line {
        None => "nothing was imported".to_owned(),
        Some(line) => format!(
            "the file was imported up to line {line}, and the lines after it were not: run it again with `--mode skip` \
             (or upsert), which passes over what is there"
        ),
    }
}

/// A file as people call it.
fn named(path: &Path) -> impl fmt::Display {
    match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    }
}
