//! The lines of a file, one at a time, and no longer than memory likes.

use std::io::{self, BufRead, Read};

/// Most bytes of a line, and of a row whose quoted fields go over several lines.
pub(super) const LONGEST: usize = 64 << 10;

const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line without its line feed; a carriage return before that is kept.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    pub(super) bytes: Vec<u8>,
    /// It was longer than [`LONGEST`], and this is its beginning.
    pub(super) is_cut: bool,
}

/// Reads lines, and takes back those that have to be read again.
pub(super) struct Lines<R> {
    input: R,
    read: u64,
    bytes: u64,
    /// Taken back, the next one last.
    back: Vec<Line>,
}

impl Line {
    /// Nothing but white space.
    pub(super) fn is_blank(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_whitespace)
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            read: 0,
            bytes: 0,
            back: Vec::new(),
        }
    }

    /// The number of the last line that was given out.
    pub(super) fn line(&self) -> u64 {
        self.back.last().map_or(self.read, |next| next.number - 1)
    }

    /// How many bytes were read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.back.pop() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let most = LONGEST as u64 + 1;
        let length = (&mut self.input).take(most).read_until(b'\n', &mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        self.read += 1;
        self.bytes += length as u64;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        let is_cut = !ended && length > LONGEST;
        if is_cut {
            self.skip()?;
        }
        if self.read == 1 && bytes.starts_with(MARK) {
            bytes.drain(..MARK.len());
        }
        Ok(Some(Line {
            number: self.read,
            bytes,
            is_cut,
        }))
    }

    /// Gives lines out again, in their order.
    pub(super) fn take_back(&mut self, lines: impl DoubleEndedIterator<Item = Line>) {
        self.back.extend(lines.rev());
    }

    /// Goes to the next line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            self.bytes += used as u64;
            if end.is_some() || used == 0 {
                return Ok(());
            }
        }
    }
}
