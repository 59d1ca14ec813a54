//! The rows of a file. What is wrong with the form of one is kept with it, and the next is read.

use std::io::{self, BufRead};

use csv::{ByteRecord, StringRecord};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

use super::line::{LONGEST, Line, Lines};

/// A row below the header.
#[derive(Debug)]
pub(super) struct Row {
    /// The number of its first line.
    pub(super) line: u64,
    pub(super) fields: ByteRecord,
    /// What is wrong with its form.
    pub(super) fault: Option<String>,
}

/// Reads rows, each of which should have so many fields.
pub(super) struct Rows<R> {
    lines: Lines<R>,
    fields: Fields,
    columns: usize,
}

impl<R: BufRead> Rows<R> {
    pub(super) fn new(lines: Lines<R>, delimiter: u8, columns: usize) -> Self {
        Self {
            lines,
            fields: Fields::new(delimiter),
            columns,
        }
    }

    pub(super) fn lines(&self) -> &Lines<R> {
        &self.lines
    }

    /// The next row; `None` at the end. Blank lines are no rows.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        while let Some(line) = self.lines.next()? {
            if !line.is_blank() {
                return self.row(line).map(Some);
            }
        }
        Ok(None)
    }

    fn row(&mut self, first: Line) -> io::Result<Row> {
        if first.is_cut {
            let longest = LONGEST >> 10;
            return Ok(Row::raw(
                &first,
                format!("the line is longer than {longest} KiB"),
            ));
        }
        let mut size = first.bytes.len();
        let mut taken = vec![first];
        while !self.fields.feed(&taken[taken.len() - 1].bytes) {
            // A quoted field goes on.
            match self.lines.next()? {
                Some(line) if !line.is_cut && size + line.bytes.len() <= LONGEST => {
                    size += line.bytes.len();
                    taken.push(line);
                }
                more => return Ok(self.unclosed(taken, more)),
            }
        }
        let fields = self.fields.take();
        Ok(Row {
            line: taken[0].number,
            fault: self.fault(&fields),
            fields,
        })
    }

    /// A stray quote costs its own line only: those after it are read again.
    fn unclosed(&mut self, taken: Vec<Line>, more: Option<Line>) -> Row {
        self.fields.forget();
        let mut taken = taken.into_iter().chain(more);
        let first = taken.next();
        let rest: Vec<Line> = taken.collect();
        self.lines.take_back(rest.into_iter());
        let first = first.unwrap_or(Line {
            number: self.lines.line(),
            bytes: Vec::new(),
            is_cut: false,
        });
        Row::raw(&first, "a quote is opened and not closed".to_owned())
    }

    fn fault(&self, fields: &ByteRecord) -> Option<String> {
        let (count, columns) = (fields.len(), self.columns);
        if count != columns {
            let s = if count == 1 { "" } else { "s" };
            return Some(format!(
                "the row has {count} field{s}, the header has {columns}"
            ));
        }
        // Most rows are ASCII, which needs no copy.
        if fields.as_slice().is_ascii() {
            return None;
        }
        let error = StringRecord::from_byte_record(fields.clone()).err()?;
        let field = error.utf8_error().field() + 1;
        Some(format!(
            "field {field} is not UTF-8; save the file as UTF-8"
        ))
    }
}

impl Row {
    /// A line that can not be taken apart, in one field.
    fn raw(line: &Line, fault: String) -> Self {
        let text = line.bytes.strip_suffix(b"\r").unwrap_or(&line.bytes);
        Self {
            line: line.number,
            fields: ByteRecord::from(vec![text]),
            fault: Some(fault),
        }
    }
}

/// Takes lines apart.
pub(super) struct Fields {
    parser: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    used: (usize, usize),
}

impl Fields {
    pub(super) fn new(delimiter: u8) -> Self {
        let mut builder = ReaderBuilder::new();
        // A carriage return before the line feed is taken away at the end, so that one alone is text.
        builder
            .delimiter(delimiter)
            .terminator(Terminator::Any(b'\n'));
        Self {
            parser: builder.build(),
            text: vec![0; 1 << 10],
            ends: vec![0; 16],
            used: (0, 0),
        }
    }

    /// The fields of one line, whether or not its quotes are closed.
    pub(super) fn only(mut self, line: &[u8]) -> ByteRecord {
        if !self.feed(line) {
            self.feed(b"\"");
        }
        self.take()
    }

    /// Adds a line. True if the row is complete with it.
    fn feed(&mut self, line: &[u8]) -> bool {
        for part in [line, b"\n"] {
            let mut rest = part;
            while !rest.is_empty() {
                let (text, ends) = (&mut self.text[self.used.0..], &mut self.ends[self.used.1..]);
                let (result, read, written, ended) = self.parser.read_record(rest, text, ends);
                rest = &rest[read..];
                self.used = (self.used.0 + written, self.used.1 + ended);
                match result {
                    ReadRecordResult::OutputFull => self.text.resize(2 * self.text.len(), 0),
                    ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                    ReadRecordResult::Record => return true,
                    ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
                }
            }
        }
        false
    }

    /// The complete row.
    fn take(&mut self) -> ByteRecord {
        let (written, count) = std::mem::take(&mut self.used);
        let mut fields = ByteRecord::with_capacity(written, count);
        let mut begin = 0;
        for (index, end) in self.ends[..count].iter().enumerate() {
            let field = &self.text[begin..*end];
            let last = index + 1 == count;
            fields.push_field(field.strip_suffix(b"\r").filter(|_| last).unwrap_or(field));
            begin = *end;
        }
        fields
    }

    /// Gives an incomplete row up.
    fn forget(&mut self) {
        self.parser.reset();
        self.used = (0, 0);
    }
}

#[cfg(test)]
mod tests;
