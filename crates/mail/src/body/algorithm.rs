//! How the texts of a body are written, and read again.

use std::{fmt, io, str::FromStr, sync::LazyLock};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::CParameter,
};

use super::{
    Error,
    joined::{self, Piece},
};

pub(super) const MAIL_1: &[u8] = include_bytes!("../../dictionary/mail-1.zdict");

/// Measured on the 580 texts of the corpus's lists and bounces, with the dictionary: 19 makes them 3 % smaller
/// than 9 and 11 % than 3, for 0.16 ms each instead of 0.03 and 0.01; 22 makes them no smaller. A body is
/// written once, and kept for years.
const LEVEL: i32 = 19;

/// Bodies of more bytes are written faster, and without the dictionary: they have enough to refer back to.
pub(super) const LARGE: usize = 256 << 10;
const LARGE_LEVEL: i32 = 9;

/// For a dictionary that is made for one body: to prepare it takes 8 to 12 ms at [`LEVEL`] and 0.7 at this one (180
/// replies of the corpus), and the corpus's bodies are 0.1 % larger over all.
const BASE_LEVEL: i32 = 9;

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
    /// Plain text and HTML in one frame of zstd with the first dictionary: the HTML says again what the text says.
    ZstdMail1Joined,
    /// As the last; the dictionary goes on with the plain text of another body, such as of what is answered.
    ZstdMail1Base,
}

impl Algorithm {
    pub(super) const ALL: [Self; 5] = [
        Self::Identity,
        Self::Zstd,
        Self::ZstdMail1,
        Self::ZstdMail1Joined,
        Self::ZstdMail1Base,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Zstd => "zstd",
            Self::ZstdMail1 => "zstd+mail1",
            Self::ZstdMail1Joined => "zstd+mail1+joined",
            Self::ZstdMail1Base => "zstd+mail1+base",
        }
    }

    /// Writes plain text and HTML, which may refer back to the plain text of a base; `None` where it is not meant for
    /// such a body.
    pub(super) fn write(
        self,
        texts: [Option<&str>; 2],
        base: Option<&str>,
    ) -> Option<io::Result<[Option<Vec<u8>>; 2]>> {
        let size: usize = texts.iter().flatten().map(|text| text.len()).sum();
        let has_dictionary = !matches!(self, Self::Identity | Self::Zstd);
        if has_dictionary && size > LARGE {
            return None;
        }
        match (self, texts, base) {
            (Self::ZstdMail1Base, _, Some(base)) => {
                let dictionary = EncoderDictionary::copy(&going_on(base), BASE_LEVEL);
                Some(joined::write(texts, &dictionary))
            }
            (Self::ZstdMail1Joined, [Some(_), Some(_)], _) => Some(joined::write(texts, &ENCODER)),
            (Self::ZstdMail1Base | Self::ZstdMail1Joined, ..) => None,
            (_, [text, html], _) => {
                let part = |text: Option<&str>| text.map(|text| self.write_alone(text)).transpose();
                Some(part(text).and_then(|text| Ok([text, part(html)?])))
            }
        }
    }

    fn write_alone(self, text: &str) -> io::Result<Vec<u8>> {
        let mut compressor = match self {
            Self::Identity => return Ok(text.as_bytes().to_vec()),
            Self::Zstd if text.len() > LARGE => Compressor::new(LARGE_LEVEL)?,
            Self::Zstd => Compressor::new(LEVEL)?,
            _ => Compressor::with_prepared_dictionary(&ENCODER)?,
        };
        // The row says which it was.
        compressor.set_parameter(CParameter::DictIdFlag(false))?;
        compressor.compress(text.as_bytes())
    }

    /// Reads one of the texts, of at most `most` bytes.
    pub(super) fn read(
        self,
        piece: Piece<'_>,
        base: Option<&str>,
        most: usize,
    ) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity if piece.bytes.len() > most => Err(io::ErrorKind::InvalidData.into()),
            Self::Identity => Ok(piece.bytes.to_vec()),
            Self::Zstd => Decompressor::new()?.decompress(piece.bytes, most),
            Self::ZstdMail1 => {
                Decompressor::with_prepared_dictionary(&DECODER)?.decompress(piece.bytes, most)
            }
            Self::ZstdMail1Joined => joined::read(piece, most, &DECODER),
            Self::ZstdMail1Base => {
                let base = base.ok_or(io::ErrorKind::NotFound)?;
                joined::read(piece, most, &DecoderDictionary::copy(&going_on(base)))
            }
        }
    }
}

/// The dictionary with a text behind it, as a reply quotes it (RFC 3676, 4.5): of lists, whose replies do, 1 % more is
/// saved than by the text as it is.
fn going_on(base: &str) -> Vec<u8> {
    let mut dictionary = MAIL_1.to_vec();
    for line in base.split_inclusive('\n') {
        dictionary.extend_from_slice(b"> ");
        dictionary.extend_from_slice(line.as_bytes());
    }
    dictionary
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
