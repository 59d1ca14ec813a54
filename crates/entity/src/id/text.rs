//! Text to key and back.

use super::{InvalidId, base32};
use std::fmt;
use uuid::Uuid;

/// The prefix of an id in its text form, whatever its kind: `camp` for `camp_01h4…`.
///
/// `None` if there is none, as in a plain UUID or number. What follows the prefix is not looked at.
pub fn prefix_of(id: &str) -> Option<&str> {
    let (prefix, _) = id.rsplit_once('_')?;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    let inner = !prefix.starts_with('_') && !prefix.ends_with('_');
    (!prefix.is_empty() && prefix.len() <= 63 && inner && prefix.bytes().all(allowed))
        .then_some(prefix)
}

pub(super) fn write_uuid(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let suffix = base32::encode(uuid.as_u128());
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(std::str::from_utf8(&suffix).map_err(|_| fmt::Error)?)
}

/// Bytes that lie as words do.
#[repr(align(16))]
struct Words([u8; 32]);

pub(super) fn append_uuid(text: &mut String, prefix: &str, uuid: Uuid) {
    // Words of ASCII are seen to be text faster than single bytes, so it is padded to them.
    let mut padded = Words([b' '; 32]);
    padded.0[..base32::LENGTH].copy_from_slice(&base32::encode(uuid.as_u128()));
    let padded = std::str::from_utf8(&padded.0).expect("the alphabet is ASCII");
    text.push_str(prefix);
    text.push('_');
    text.push_str(&padded[..base32::LENGTH]);
}

pub(super) fn append_integer(text: &mut String, prefix: &str, key: i64) {
    text.push_str(prefix);
    text.push('_');
    text.push_str(&key.to_string());
}

pub(super) fn parse_uuid(prefix: &'static str, text: &str) -> Result<Uuid, InvalidId> {
    let uuid = match bare(prefix, text)? {
        Bare::Prefixed(suffix) => base32::decode(suffix).map(Uuid::from_u128),
        // Only the hyphenated form: `Uuid` reads braces, URNs and plain hexadecimal, too.
        Bare::Plain(key) if key.len() == 36 => Uuid::try_parse(key).ok(),
        Bare::Plain(_) => None,
    };
    uuid.ok_or_else(|| InvalidId::format(prefix, text, "26 characters, or a plain UUID"))
}

pub(super) fn parse_integer(prefix: &'static str, text: &str) -> Result<i64, InvalidId> {
    let (Bare::Prefixed(key) | Bare::Plain(key)) = bare(prefix, text)?;
    // One text for one key: no sign, no leading zeros.
    let canonical = key == "0" || key.starts_with(|first: char| matches!(first, '1'..='9'));
    let number = canonical.then(|| key.parse().ok()).flatten();
    number.ok_or_else(|| InvalidId::format(prefix, text, "a number, or the plain number"))
}

enum Bare<'a> {
    Prefixed(&'a str),
    Plain(&'a str),
}

fn bare<'a>(prefix: &'static str, text: &'a str) -> Result<Bare<'a>, InvalidId> {
    match text.rsplit_once('_') {
        None => Ok(Bare::Plain(text)),
        Some((given, key)) if given == prefix => Ok(Bare::Prefixed(key)),
        Some((given, _)) => Err(InvalidId::prefix(prefix, given)),
    }
}
