//! What goes together.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};

/// Events that are written already, in the form of their target.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) items: Vec<Vec<u8>>,
    pub(crate) bytes: usize,
}

impl Batch {
    pub(crate) fn push(&mut self, item: Vec<u8>) {
        self.bytes += item.len();
        self.items.push(item);
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items between `before` and `after`, with `between` them.
    pub(crate) fn joined(&self, before: &[u8], between: &[u8], after: &[u8]) -> Vec<u8> {
        let items = self.items.join(between);
        [before, &items, after].concat()
    }
}

/// As gzip has it (RFC 1952).
pub(crate) fn gzip(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(text.len() / 8), Compression::default());
    encoder.write_all(text)?;
    encoder.finish()
}
