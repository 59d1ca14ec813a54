//! Bytes to strings that PostgreSQL takes.

use super::Problem;
use mail_parser::decoders::charsets::map::charset_decoder;

/// Decodes a part's text by its charset, and by windows-1252 where that is not known or not true: it has a
/// character for each byte, so nothing is lost. Without a charset it is UTF-8 (RFC 6532).
pub(super) fn decode(
    bytes: &[u8],
    charset: Option<&str>,
    part: usize,
    problems: &mut Vec<Problem>,
) -> String {
    let charset = charset.unwrap_or("utf-8").trim();
    let utf8 = ["utf-8", "utf8", "us-ascii", "ascii"]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(charset));
    let read = if utf8 {
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    } else {
        let decoder = charset_decoder(charset.as_bytes());
        decoder
            .map(|decoder| decoder(bytes))
            .filter(|text| !text.contains(char::REPLACEMENT_CHARACTER))
    };
    read.unwrap_or_else(|| {
        problems.push(Problem::Charset {
            part,
            charset: clean(
                charset.chars().take(40).collect(),
                "a charset",
                &mut Vec::new(),
            ),
        });
        western(bytes)
    })
}

/// Bytes as windows-1252, or UTF-8 where they are that.
pub(super) fn western(bytes: &[u8]) -> String {
    match (std::str::from_utf8(bytes), charset_decoder(b"windows-1252")) {
        (Ok(text), _) => text.to_owned(),
        (Err(_), Some(decoder)) => decoder(bytes),
        (Err(_), None) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// A string without U+0000.
pub(super) fn clean(text: String, place: &str, problems: &mut Vec<Problem>) -> String {
    let count = text.bytes().filter(|byte| *byte == 0).count();
    if count == 0 {
        return text;
    }
    problems.push(Problem::Nul {
        place: place.to_owned(),
        count,
    });
    text.replace('\0', "\u{fffd}")
}

/// A string without U+0000 for a column that takes so many characters.
pub(super) fn fit(
    text: String,
    characters: usize,
    place: &str,
    problems: &mut Vec<Problem>,
) -> String {
    let mut text = clean(text, place, problems);
    if let Some((at, _)) = text.char_indices().nth(characters) {
        text.truncate(at);
        problems.push(Problem::Cut {
            place: place.to_owned(),
            characters,
        });
    }
    text
}
