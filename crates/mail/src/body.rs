//! Bodies at rest: compressed with zstd (RFC 8878), and told apart by their content.
//!
//! A letter is short: alone, zstd has little to refer back to. So there is a dictionary trained on mail,
//! `dictionary/mail-1.zdict`; `cargo run -p mail --example train` makes one. And the HTML of a letter refers back to its
//! plain text, which says the same, and a reply to what it answers ([`compress_after`]). What was written with a dictionary can be read only with it: to add a better one, add
//! an [`Algorithm`], and leave this one be.

mod algorithm;
mod bases;
mod joined;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest::{Context, SHA256};
use std::io;

pub use algorithm::Algorithm;
pub use bases::Bases;
use joined::Piece;

/// Most bytes of both texts of a body that another may refer to.
pub const LARGEST_BASE: usize = algorithm::LARGE;

/// A body as it is stored: both texts by the same algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compressed {
    /// The plain text.
    pub text: Option<Vec<u8>>,
    /// The HTML. To read it, the text may be needed.
    pub html: Option<Vec<u8>>,
    /// How they are written.
    pub algorithm: Algorithm,
    /// Bytes of both, before. Neither is larger: a body that says little and holds much is refused before memory is
    /// taken for it.
    pub raw_size: usize,
}

/// Why a body can not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A row of a later version.
    #[error("no algorithm is called {0:?}")]
    Algorithm(String),

    /// It is not what the algorithm writes, or it is larger than its row says.
    #[error("the body is not {algorithm}, or larger than {raw_size} bytes")]
    Content {
        /// What it should be.
        algorithm: Algorithm,
        /// How large it may be.
        raw_size: usize,
        /// What zstd says.
        source: io::Error,
    },

    /// It is no UTF-8.
    #[error("the body is not text")]
    Text(#[from] std::string::FromUtf8Error),
}

/// Compresses a body, by the algorithm that makes it smallest.
pub fn compress(text: Option<&str>, html: Option<&str>) -> Compressed {
    let candidates = Algorithm::ALL.into_iter();
    let candidates = candidates.filter_map(|algorithm| written(algorithm, [text, html], None));
    let smallest = candidates.min_by_key(Compressed::size);
    smallest.expect("the first algorithm does nothing, which can not fail")
}

/// Compresses a body that says again what the plain text `base` says; it can then be read with that alone. `None` where
/// it is not smaller by a tenth than what stands `alone`.
pub fn compress_after(
    base: &str,
    text: Option<&str>,
    html: Option<&str>,
    alone: &Compressed,
) -> Option<Compressed> {
    let body = written(Algorithm::ZstdMail1Base, [text, html], Some(base))?;
    (body.size() * 10 < alone.size() * 9).then_some(body)
}

fn written(
    algorithm: Algorithm,
    texts: [Option<&str>; 2],
    base: Option<&str>,
) -> Option<Compressed> {
    // zstd fails for want of memory alone; the body is as good as it is.
    let [text, html] = algorithm.write(texts, base)?.ok()?;
    Some(Compressed {
        text,
        html,
        algorithm,
        raw_size: texts.iter().flatten().map(|text| text.len()).sum(),
    })
}

impl Compressed {
    /// As the columns of a row have it; no algorithm is none that was used.
    ///
    /// # Errors
    /// A row of a later version.
    pub fn stored(
        text: Option<Vec<u8>>,
        html: Option<Vec<u8>>,
        algorithm: Option<&str>,
        raw_size: i64,
    ) -> Result<Self, Error> {
        Ok(Self {
            text,
            html,
            algorithm: algorithm.map_or(Ok(Algorithm::Identity), str::parse)?,
            raw_size: usize::try_from(raw_size).unwrap_or_default(),
        })
    }

    /// Bytes of both, after.
    pub fn size(&self) -> usize {
        let texts = [&self.text, &self.html].into_iter().flatten();
        texts.map(Vec::len).sum()
    }

    /// Reads the plain text, given that of the body that it refers to.
    ///
    /// # Errors
    /// It is not what was written.
    pub fn read_text(&self, base: Option<&str>) -> Result<Option<String>, Error> {
        self.read(None, self.text.as_deref(), base)
    }

    /// Reads the HTML, given the plain text of the body that it refers to.
    ///
    /// # Errors
    /// It is not what was written.
    pub fn read_html(&self, base: Option<&str>) -> Result<Option<String>, Error> {
        let before = self.text.as_deref().unwrap_or_default();
        self.read(Some(before), self.html.as_deref(), base)
    }

    fn read(
        &self,
        before: Option<&[u8]>,
        bytes: Option<&[u8]>,
        base: Option<&str>,
    ) -> Result<Option<String>, Error> {
        let Some(bytes) = bytes else { return Ok(None) };
        let Self {
            algorithm,
            raw_size,
            ..
        } = *self;
        let read = algorithm.read(Piece { before, bytes }, base, raw_size);
        let read = read.map_err(|source| Error::Content {
            algorithm,
            raw_size,
            source,
        })?;
        Ok(Some(String::from_utf8(read)?))
    }
}

/// What tells a body from all others: SHA-256, in 64 hexadecimal digits. Each text stands behind its length,
/// and one that is not there is none that is empty.
pub fn content_hash(text: Option<&str>, html: Option<&str>) -> String {
    let mut context = Context::new(&SHA256);
    for part in [text, html] {
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        context.update(&length.to_be_bytes());
        context.update(part.unwrap_or_default().as_bytes());
    }
    let digest = context.finish();
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
