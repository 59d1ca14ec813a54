//! The file that the server logs to.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::error::{Error, doing};

/// A log larger than this many bytes is begun anew at the next start.
const LARGE: u64 = 16 << 20;

/// How many lines an error shows.
const SHOWN: usize = 12;

/// The log of one run.
#[derive(Debug)]
pub(crate) struct Log {
    path: PathBuf,
    /// Where this run begins, in bytes.
    begin: u64,
}

impl Log {
    /// Opens the file to append to. The second value is for the server to write to.
    pub(crate) fn open(path: PathBuf) -> Result<(Self, File), Error> {
        let size = fs::metadata(&path).map_or(0, |file| file.len());
        let mut options = OpenOptions::new();
        options.create(true).mode(0o600).append(true);
        let file = options.open(&path).map_err(doing("open", &path))?;
        let begin = if size > LARGE { 0 } else { size };
        if size > LARGE {
            file.set_len(0).map_err(doing("shorten", &path))?;
        }
        Ok((Self { path, begin }, file))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The last lines of this run.
    pub(crate) fn tail(&self) -> String {
        let mut bytes = Vec::new();
        // It serves an error message: what cannot be read is left out.
        let _ = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.begin))?;
            file.read_to_end(&mut bytes)
        });
        last_lines(&String::from_utf8_lossy(&bytes))
    }
}

/// The last lines of a text, a few.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}
