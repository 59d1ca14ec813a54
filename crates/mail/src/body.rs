//! Bodies at rest: compressed with zstd (RFC 8878), and told apart by their content.
//!
//! A letter is short: alone, zstd has little to refer back to. So there is a dictionary trained on mail,
//! `dictionary/mail-1.zdict`; `cargo run -p mail --example train` makes one. What was written with a
//! dictionary can be read only with it: to add a better one, add an [`Algorithm`], and leave this one be.

use aws_lc_rs::digest::{Context, SHA256};
use std::{fmt, io, str::FromStr, sync::LazyLock};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::CParameter,
};

const MAIL_1: &[u8] = include_bytes!("../dictionary/mail-1.zdict");

/// Measured on the 580 texts of the corpus's lists and bounces, with the dictionary: 19 makes them 3 % smaller
/// than 9 and 11 % than 3, for 0.16 ms each instead of 0.03 and 0.01; 22 makes them no smaller. A body is
/// written once, and kept for years.
const LEVEL: i32 = 19;

/// Bodies of more bytes are written faster, and without the dictionary: they have enough to refer back to.
const LARGE: usize = 256 << 10;
const LARGE_LEVEL: i32 = 9;

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(MAIL_1, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(MAIL_1));

/// How a body is written. `Display` is what stands in its row, at most 20 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// As it is, in UTF-8.
    Identity,
    /// zstd without a dictionary.
    Zstd,
    /// zstd with the first dictionary.
    ZstdMail1,
}

impl Algorithm {
    const ALL: [Self; 3] = [Self::Identity, Self::Zstd, Self::ZstdMail1];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Zstd => "zstd",
            Self::ZstdMail1 => "zstd+mail1",
        }
    }

    fn compress(self, text: &str) -> io::Result<Vec<u8>> {
        let mut compressor = match self {
            Self::Identity => return Ok(text.as_bytes().to_vec()),
            Self::Zstd if text.len() > LARGE => Compressor::new(LARGE_LEVEL)?,
            Self::Zstd => Compressor::new(LEVEL)?,
            Self::ZstdMail1 => Compressor::with_prepared_dictionary(&ENCODER)?,
        };
        // The row says which it was.
        compressor.set_parameter(CParameter::DictIdFlag(false))?;
        compressor.compress(text.as_bytes())
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == name);
        found.ok_or_else(|| Error::Algorithm(name.to_owned()))
    }
}

/// A body as it is stored: both texts by the same algorithm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compressed {
    /// The plain text.
    pub text: Option<Vec<u8>>,
    /// The HTML.
    pub html: Option<Vec<u8>>,
    /// How they are written.
    pub algorithm: Algorithm,
    /// Bytes of both, before.
    pub raw_size: usize,
    /// Bytes of both, after.
    pub compressed_size: usize,
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
    let raw_size = text.map_or(0, str::len) + html.map_or(0, str::len);
    let mut smallest = None::<Compressed>;
    let candidates = Algorithm::ALL.into_iter();
    for algorithm in candidates.filter(|one| *one != Algorithm::ZstdMail1 || raw_size <= LARGE) {
        let both = [text, html].map(|part| part.map(|part| algorithm.compress(part)).transpose());
        // zstd fails for want of memory alone; the body is as good as it is.
        let [Ok(text), Ok(html)] = both else { continue };
        let compressed_size = text.as_ref().map_or(0, Vec::len) + html.as_ref().map_or(0, Vec::len);
        if smallest
            .as_ref()
            .is_none_or(|least| compressed_size < least.compressed_size)
        {
            smallest = Some(Compressed {
                text,
                html,
                algorithm,
                raw_size,
                compressed_size,
            });
        }
    }
    smallest.expect("the first algorithm does nothing, which can not fail")
}

/// Reads one of a body's texts. It is not larger than `raw_size`, which is the size of both: a row that says
/// little and holds much is refused before memory is taken for it.
pub fn decompress(bytes: &[u8], algorithm: Algorithm, raw_size: usize) -> Result<String, Error> {
    let read = match algorithm {
        Algorithm::Identity if bytes.len() > raw_size => Err(io::ErrorKind::InvalidData.into()),
        Algorithm::Identity => Ok(bytes.to_vec()),
        Algorithm::Zstd => {
            Decompressor::new().and_then(|mut zstd| zstd.decompress(bytes, raw_size))
        }
        Algorithm::ZstdMail1 => Decompressor::with_prepared_dictionary(&DECODER)
            .and_then(|mut zstd| zstd.decompress(bytes, raw_size)),
    };
    let read = read.map_err(|source| Error::Content {
        algorithm,
        raw_size,
        source,
    })?;
    Ok(String::from_utf8(read)?)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &Compressed) -> [Option<String>; 2] {
        [&body.text, &body.html].map(|part| {
            let part = part.as_ref()?;
            Some(decompress(part, body.algorithm, body.raw_size).expect("what was written"))
        })
    }

    #[test]
    fn the_smallest_is_taken() {
        let letter =
            "Hi Ada,\n\nthank you for your message. Please let me know.\n\nBest regards,\nBob\n";
        assert_eq!(compress(Some(letter), None).algorithm, Algorithm::ZstdMail1);
        assert_eq!(compress(Some("ü"), None).algorithm, Algorithm::Identity);
        let newsletter = letter.repeat(LARGE / letter.len() + 1);
        assert_eq!(compress(None, Some(&newsletter)).algorithm, Algorithm::Zstd);
        let nothing = compress(None, None);
        assert_eq!((nothing.raw_size, nothing.compressed_size), (0, 0));
    }

    #[test]
    fn what_is_larger_than_its_row_says_is_refused() {
        let bomb = "a".repeat(50_000_000);
        for algorithm in Algorithm::ALL {
            let bytes = algorithm.compress(&bomb).expect("memory");
            let refused = decompress(&bytes, algorithm, 1_000);
            assert!(matches!(refused, Err(Error::Content { .. })), "{algorithm}");
        }
        let noise = decompress(b"noise", Algorithm::Zstd, 1_000);
        assert!(matches!(noise, Err(Error::Content { .. })));
        assert!(matches!(
            "zstd+mail2".parse::<Algorithm>(),
            Err(Error::Algorithm(_))
        ));
    }

    /// Rows hold what this dictionary wrote: another one under its name would make them unreadable.
    #[test]
    fn the_dictionary_stays_what_it_is() {
        let digest = aws_lc_rs::digest::digest(&SHA256, MAIL_1);
        let digest: String = digest
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            digest,
            "4fe53af6b23dd5cdd452bd58590354daea63954ac8d2e23bd488b37fa3f21688"
        );
    }

    #[test]
    fn hashes_tell_text_from_html() {
        let hashes = [
            content_hash(Some("a"), Some("b")),
            content_hash(Some("ab"), None),
            content_hash(Some("ab"), Some("")),
            content_hash(None, Some("ab")),
            content_hash(None, None),
        ];
        let different: std::collections::HashSet<_> = hashes.iter().collect();
        assert_eq!(different.len(), 5);
        assert!(hashes.iter().all(|hash| hash.len() == 64));
        assert_eq!(content_hash(Some("a"), Some("b")), hashes[0]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text: Option<String>, html: Option<String>) {
            let body = compress(text.as_deref(), html.as_deref());
            prop_assert!(body.compressed_size <= body.raw_size);
            prop_assert_eq!(read(&body), [text, html]);
        }
    }
}
