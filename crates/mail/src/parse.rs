//! Reads messages (RFC 5322, MIME) as they came.
//!
//! Nothing makes it fail, and nothing is dropped: what cannot be made out is kept as it is and named in
//! [`Parsed::problems`].

mod body;
mod header;
mod opaque;
mod problem;
mod rest;
mod text;

pub use header::{Header, Mailbox};
pub use problem::{Bound, Problem};

use chrono::{DateTime, Utc};
use mail_parser::{HeaderName, Message, MessageParser};
use opaque::Opaque;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A message, read. Strings hold no U+0000.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// Without its angle brackets; at most 998 characters.
    pub message_id: Option<String>,
    /// What it answers, without angle brackets.
    pub in_reply_to: Vec<String>,
    /// The thread before it, the oldest first, without angle brackets.
    pub references: Vec<String>,
    /// Who signs it: the first of `From`, else `Sender`, else `Return-Path`.
    pub from: Option<Mailbox>,
    /// Where answers should go.
    pub reply_to: Vec<Mailbox>,
    /// To whom it is.
    pub to: Vec<Mailbox>,
    /// Who else gets it.
    pub cc: Vec<Mailbox>,
    /// At most 998 characters.
    pub subject: Option<String>,
    /// When it was written, by its own account.
    pub date: Option<DateTime<Utc>>,
    /// Its plain text, with all that stands in it one after the other.
    pub text: Option<String>,
    /// Its HTML, as it came: not safe to show.
    pub html: Option<String>,
    /// All its headers in their order, unfolded, with encoded words as they are.
    pub headers: Vec<Header>,
    /// All that is neither text nor HTML to read: files, pictures, and messages within the message.
    pub attachments: Vec<Attachment>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The first value of a header, whose letters' case does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(found.value.as_str())
    }
}

/// A file in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// At most 255 characters.
    pub filename: Option<String>,
    /// Type and subtype in small letters, at most 255 characters.
    pub mime_type: String,
    /// How it wants to be shown.
    pub disposition: Disposition,
    /// How HTML points to it (`cid:`), without angle brackets; at most 998 characters.
    pub content_id: Option<String>,
    /// What is in it, decoded.
    pub bytes: Vec<u8>,
}

/// How an attachment wants to be shown (RFC 2183).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Within the text.
    Inline,
    /// Beside it.
    Attachment,
}

/// What a message may have before it is not taken apart any more, but kept as one attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes in all.
    pub bytes: usize,
    /// Parts that say what they are.
    pub parts: usize,
    /// Multiparts: each may make the library read all that follows once more.
    pub multiparts: usize,
    /// Bytes of its headers.
    pub header_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 40 << 20,
            parts: 1_000,
            multiparts: 100,
            header_bytes: 256 << 10,
        }
    }
}

/// Reads the headers that are looked at, and leaves all others raw. Dates, too: the library reads on past the
/// end of one with the zone `Z`, and takes what follows with it.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    MessageParser::new()
        .with_mime_headers()
        .with_address_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .header_id(HeaderName::ReturnPath)
        .header_raw(HeaderName::Date)
});

/// Runs of dashes: each can be a boundary, hence a part without a word of what it is.
const DASHES: usize = 100_000;

/// Reads a message, within the default [`Bounds`].
pub fn parse(raw: &[u8]) -> Parsed {
    parse_within(raw, Bounds::default())
}

/// Reads a message. One that is over a bound is attached whole, as `message.eml`, and only its headers
/// are read: as many as their own bound allows.
pub fn parse_within(raw: &[u8], bounds: Bounds) -> Parsed {
    let opened = match Opaque::new(&raw[..raw.len().min(bounds.bytes)]) {
        Some(opaque) => over(raw, &opaque, bounds).map_or(Ok(opaque), Err),
        None => Err(Bound::Parts),
    };
    match opened {
        Ok(opaque) => match PARSER.parse(&opaque.bytes) {
            Some(message) if header::fields(raw, &message).next().is_some() => {
                take_apart(raw, &opaque, &message)
            }
            _ => headless(raw),
        },
        Err(bound) => leave_whole(raw, bound, bounds),
    }
}

/// Reads headers alone.
pub(crate) fn parse_headers(raw: &[u8]) -> Parsed {
    let message = PARSER.parse_headers(raw);
    message.map_or_else(Parsed::default, |message| header::read(raw, &message))
}

/// The first bound that a message is over.
fn over(raw: &[u8], opaque: &Opaque, bounds: Bounds) -> Option<Bound> {
    let headers = header::section(raw);
    let dashes = raw
        .windows(3)
        .filter(|three| three.starts_with(b"--") && three[2] != b'-');
    let too_many = [
        (raw.len() > bounds.bytes, Bound::Bytes),
        (headers > bounds.header_bytes, Bound::Headers),
        (opaque.multiparts > bounds.multiparts, Bound::Nesting),
        (
            opaque.types.max(opaque.encodings) > bounds.parts,
            Bound::Parts,
        ),
        (dashes.take(DASHES + 1).count() > DASHES, Bound::Parts),
    ];
    let mut too_many = too_many.into_iter();
    too_many.find_map(|(over, bound)| over.then_some(bound))
}

fn take_apart(raw: &[u8], opaque: &Opaque, message: &Message<'_>) -> Parsed {
    let mut parsed = header::read(raw, message);
    body::read(raw, opaque, message, &mut parsed);
    rest::read(raw, message, &mut parsed);
    parsed.problems.extend(header::missing(&parsed));
    parsed
}

/// No line looks like a header.
fn headless(raw: &[u8]) -> Parsed {
    let mut parsed = Parsed {
        problems: vec![Problem::NoHeaders],
        ..Parsed::default()
    };
    let read = text::decode(raw, None, 0, &mut parsed.problems);
    parsed.text = Some(text::clean(read, "the text", &mut parsed.problems));
    parsed.problems.extend(header::missing(&parsed));
    parsed
}

fn leave_whole(raw: &[u8], bound: Bound, bounds: Bounds) -> Parsed {
    let beginning = &raw[..header::section(raw).min(bounds.header_bytes)];
    let mut parsed = parse_headers(beginning);
    parsed.problems.insert(0, Problem::OverBound { bound });
    parsed.problems.extend(header::missing(&parsed));
    parsed.attachments.push(Attachment {
        filename: Some("message.eml".to_owned()),
        mime_type: "message/rfc822".to_owned(),
        disposition: Disposition::Attachment,
        content_id: None,
        bytes: raw.to_vec(),
    });
    parsed
}

#[cfg(test)]
mod tests;
