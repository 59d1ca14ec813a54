//! Lines of JSON in a file, which is put aside when it is full: `events.jsonl` becomes `events.jsonl.1`, what was that becomes
//! `events.jsonl.2`, and the oldest is gone.
//!
//! Several processes may write the same file. Each batch is written under the file's lock, by who has made sure that it is
//! still the one of that name: so no line is torn, nor lost while somebody puts the file aside, be it one of us or whoever
//! rotates files on the machine.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{Undelivered, later, of};
use crate::{batch::Batch, queue::Envelope};

/// Where the file is, and how much is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    path: PathBuf,
    /// Bytes of a file that is full.
    bytes: u64,
    /// Full files that are kept beside the one that is written.
    kept: u32,
}

impl Place {
    /// `file:///folder/events.jsonl?bytes=67108864&kept=5`; the numbers are the defaults.
    pub(super) fn parse(given: &str) -> Option<Self> {
        let mut url = Url::parse(given).ok()?;
        let (mut bytes, mut kept) = (64 << 20, 5);
        for (name, value) in url.query_pairs() {
            match &*name {
                "bytes" => bytes = value.parse().ok().filter(|bytes| *bytes > 0)?,
                "kept" => {
                    kept = value
                        .parse()
                        .ok()
                        .filter(|kept| (1..=1000).contains(kept))?
                }
                _ => return None,
            }
        }
        url.set_query(None);
        let path = url.to_file_path().ok()?;
        Some(Self { path, bytes, kept })
    }

    /// The lines are there, or none of them is.
    pub(super) async fn append(&self, batch: &Batch) -> Result<(), Undelivered> {
        let (place, lines) = (self.clone(), batch.joined(b"", b"\n", b"\n"));
        let written = tokio::task::spawn_blocking(move || place.write(&lines)).await;
        written.map_err(io::Error::other).flatten().map_err(later)
    }

    fn write(&self, lines: &[u8]) -> io::Result<()> {
        let mut file = self.locked()?;
        let written = file.metadata()?.len();
        if written > 0 && written + lines.len() as u64 > self.bytes {
            self.put_aside()?;
            // The lock goes with the file that was put aside.
            file = self.locked()?;
        }
        let before = file.metadata()?.len();
        file.write_all(lines).inspect_err(|_| {
            // A full disk: the batch comes again, as a whole.
            let _ = file.set_len(before);
        })
    }

    /// The file of that name, and nobody else's until it is closed.
    fn locked(&self) -> io::Result<File> {
        loop {
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .open(&self.path)?;
            file.lock()?;
            if is_at(&file, &self.path)? {
                return Ok(file);
            }
        }
    }

    fn put_aside(&self) -> io::Result<()> {
        for number in (1..self.kept).rev() {
            match fs::rename(self.aside(number), self.aside(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(&self.path, self.aside(1))
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number}"));
        path.into()
    }
}

/// Whether a file has not been moved away since it was opened.
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    let open = file.metadata()?;
    match fs::metadata(path) {
        Ok(there) => Ok((open.dev(), open.ino()) == (there.dev(), there.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

pub(super) fn write(envelope: &Envelope, process: Uuid) -> Value {
    let (tenant, properties) = of(envelope);
    json!({
        "event": envelope.event.name(),
        "of": tenant.unwrap_or_else(|| process.to_string()),
        "properties": properties,
        "timestamp": envelope.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "id": envelope.id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files in a folder, by name, with what is in them.
    fn files(folder: &Path) -> Vec<(String, String)> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut files: Vec<_> = entries
            .map(|entry| {
                let path = entry.expect("an entry").path();
                let name = path.file_name().expect("a name").to_string_lossy();
                (name.into_owned(), fs::read_to_string(&path).expect("text"))
            })
            .collect();
        files.sort();
        files
    }

    fn place(folder: &Path, bytes: u64, kept: u32) -> Place {
        let path = folder.join("events.jsonl");
        Place { path, bytes, kept }
    }

    #[test]
    fn a_full_file_is_put_aside_and_the_oldest_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path(), 10, 2);
        for line in ["first\n", "of the second\n", "3\n", "three\n", "fourth\n"] {
            place.write(line.as_bytes()).expect("it is written");
        }
        let expected = [
            ("events.jsonl", "fourth\n"),
            ("events.jsonl.1", "3\nthree\n"),
            // Longer than a file may be, and whole.
            ("events.jsonl.2", "of the second\n"),
        ];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(files(folder.path()), expected);
    }

    #[test]
    fn who_writes_at_once_loses_and_tears_no_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path(), 1000, 1000);
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let place = place.clone();
                std::thread::spawn(move || {
                    for number in 0..200 {
                        let line = format!("{writer} {number}\n");
                        place.write(line.as_bytes()).expect("it is written");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().expect("a writer");
        }
        let files = files(folder.path());
        assert!(files.iter().all(|(_, text)| text.len() <= 1000));
        let mut lines: Vec<&str> = files.iter().flat_map(|(_, text)| text.lines()).collect();
        lines.sort_unstable();
        let mut expected: Vec<String> = (0..8)
            .flat_map(|writer| (0..200).map(move |number| format!("{writer} {number}")))
            .collect();
        expected.sort();
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_url_says_how_much_is_kept() {
        let place = Place::parse("file:///var/events.jsonl?kept=2&bytes=1000").expect("a place");
        assert_eq!((place.bytes, place.kept), (1000, 2));
        assert_eq!(place.path, Path::new("/var/events.jsonl"));
        let place = Place::parse("file:///var/events.jsonl").expect("a place");
        assert_eq!((place.bytes, place.kept), (64 << 20, 5));
        for wrong in ["kept=0", "kept=2000", "bytes=0", "bytes=1M", "days=3"] {
            let url = format!("file:///var/events.jsonl?{wrong}");
            assert_eq!(Place::parse(&url), None, "{wrong}");
        }
    }
}
