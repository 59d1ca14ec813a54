//! What could not be read of a message, and what became of it.

use serde::{Deserialize, Serialize};

/// Something that a message had no right to be, or that its reader could not make out. What it was
/// found in is kept all the same, as the words say. `Display` is a line for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "problem", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Problem {
    /// Nothing at the beginning looks like a header: all of it became the text.
    #[error("no headers: all of it is taken as text")]
    NoHeaders,

    /// Nobody signs it (RFC 5322, section 3.6).
    #[error("no From that can be read")]
    MissingFrom,

    /// It has no time that can be read (RFC 5322, section 3.6).
    #[error("no Date that can be read")]
    MissingDate,

    /// It is over one of the [`Bounds`](super::Bounds): only its headers were read, and it is attached whole.
    #[error("over the bound of {bound}: attached whole, as message.eml")]
    OverBound {
        /// Which.
        bound: Bound,
    },

    /// Lines among the headers are none: they stand before the text.
    #[error("{lines} lines among the headers are none: they stand before the text")]
    StrayLines {
        /// How many.
        lines: usize,
    },

    /// Something is neither a header's, nor a part's, nor a delimiter: it is attached.
    #[error("{bytes} bytes are of no part: attached, as rest.txt")]
    Rest {
        /// How many.
        bytes: usize,
    },

    /// PostgreSQL's text takes no U+0000: U+FFFD stands there.
    #[error("{count} NUL characters in {place}: U+FFFD stands there")]
    Nul {
        /// Where it was.
        place: String,
        /// How many there were.
        count: usize,
    },

    /// A part is not coded as it says: its bytes are as they came.
    #[error("part {part} is not coded as its Content-Transfer-Encoding says: kept as it came")]
    Encoding {
        /// Its number, from 0 for the message.
        part: usize,
    },

    /// A text's charset is not known, or the text is not of it: read as windows-1252, which takes all bytes.
    #[error("part {part} is not of the charset {charset}: read as windows-1252")]
    Charset {
        /// Its number, from 0 for the message.
        part: usize,
        /// The name that it gives.
        charset: String,
    },

    /// A value is longer than what a column takes: cut, with its beginning kept.
    #[error("{place} is longer than {characters} characters: cut")]
    Cut {
        /// What was cut.
        place: String,
        /// How many are left.
        characters: usize,
    },
}

/// What a message can have too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Bytes in all.
    Bytes,
    /// Parts.
    Parts,
    /// Multiparts in multiparts.
    Nesting,
    /// Bytes of its headers.
    Headers,
}

impl std::fmt::Display for Bound {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Bytes => "bytes",
            Self::Parts => "parts",
            Self::Nesting => "nesting",
            Self::Headers => "header bytes",
        })
    }
}
