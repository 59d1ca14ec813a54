//! Where rows come from: a file or standard input, read ahead by one batch on a thread of its own.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use tokio::sync::mpsc;

use super::{
    error::ImportError,
    header::Header,
    line::Lines,
    row::{Row, Rows},
};

/// Most bytes of a batch, whose rows may be long. A batch of usual leads has a tenth of it.
const LARGEST: u64 = 8 << 20;

/// A file whose header was read.
pub(super) struct Source {
    pub(super) header: Header,
    /// Its length in bytes, if it has one.
    pub(super) length: Option<u64>,
    lines: Lines<Box<dyn BufRead + Send>>,
}

/// Rows that follow each other.
pub(super) struct Batch {
    pub(super) rows: Vec<Row>,
    /// The last line that belongs to it.
    pub(super) line: u64,
    /// How far the file was read.
    pub(super) bytes: u64,
}

impl Source {
    /// Opens a file, or standard input for `-`, and reads its header.
    ///
    /// # Errors
    /// When the file can not be read, or is none of leads.
    pub(super) fn open(path: &Path, delimiter: Option<u8>) -> Result<Self, ImportError> {
        let unreadable = |cause| ImportError::unreadable(path, cause);
        let (input, length): (Box<dyn BufRead + Send>, _) = if path == Path::new("-") {
            (Box::new(BufReader::new(io::stdin())), None)
        } else {
            let file = File::open(path).map_err(unreadable)?;
            let about = file.metadata().map_err(unreadable)?;
            let length = about.is_file().then_some(about.len());
            (Box::new(BufReader::with_capacity(1 << 16, file)), length)
        };
        let mut lines = Lines::new(input);
        loop {
            let line = lines.next().map_err(unreadable)?;
            let line = line.ok_or_else(|| ImportError::Empty(path.to_owned()))?;
            if line.is_cut {
                return Err(ImportError::LongHeader(path.to_owned()));
            }
            if !line.is_blank() {
                return Ok(Self {
                    header: Header::read(&line.bytes, delimiter)?,
                    length,
                    lines,
                });
            }
        }
    }

    /// Reads the rows, so many at a time. Who drops the receiver ends it.
    pub(super) fn batches(self, most: usize) -> (Header, mpsc::Receiver<io::Result<Batch>>) {
        let mut rows = Rows::new(self.lines, self.header.delimiter, self.header.names.len());
        let (sender, receiver) = mpsc::channel(1);
        tokio::task::spawn_blocking(move || {
            loop {
                let batch = match Batch::read(&mut rows, most) {
                    Ok(batch) if batch.rows.is_empty() => return,
                    read => read,
                };
                let failed = batch.is_err();
                if sender.blocking_send(batch).is_err() || failed {
                    return;
                }
            }
        });
        (self.header, receiver)
    }
}

impl Batch {
    fn read<R: BufRead>(rows: &mut Rows<R>, most: usize) -> io::Result<Self> {
        let begin = rows.lines().bytes();
        let mut read = Vec::new();
        while read.len() < most && rows.lines().bytes() - begin < LARGEST {
            match rows.next()? {
                Some(row) => read.push(row),
                None => break,
            }
        }
        Ok(Self {
            rows: read,
            line: rows.lines().line(),
            bytes: rows.lines().bytes(),
        })
    }
}
