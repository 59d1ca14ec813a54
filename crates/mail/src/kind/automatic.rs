//! Replies and notices that no person wrote.

use crate::Parsed;

/// Why nobody has to do anything about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Automatic {
    /// An answer to a message, as of somebody who is away.
    Reply,
    /// Written by a machine of itself.
    Generated,
    /// Tells that a message was shown (RFC 8098).
    Read,
}

/// Headers that only automatic replies have.
const REPLIES: [&str; 5] = [
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Vacation",
];

/// Says which kind of automatic message it is, if it is one.
pub(super) fn read(parsed: &Parsed) -> Option<Automatic> {
    let has_type = |name| parsed.attachments.iter().any(|one| one.mime_type == name);
    if has_type("message/disposition-notification") {
        return Some(Automatic::Read);
    }
    submitted(parsed).or_else(|| suppressed(parsed))
}

/// RFC 3834, section 5.
fn submitted(parsed: &Parsed) -> Option<Automatic> {
    let value = parsed.header("Auto-Submitted")?;
    let keyword = value.split([';', '(', ' ']).next().unwrap_or_default();
    match keyword.to_ascii_lowercase().as_str() {
        "" | "no" => None,
        "auto-replied" => Some(Automatic::Reply),
        _ => Some(Automatic::Generated),
    }
}

/// What older responders say. Mailing lists use `Precedence` as well, and nobody's envelope sender is empty.
fn suppressed(parsed: &Parsed) -> Option<Automatic> {
    let precedence = parsed
        .header("Precedence")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_list = parsed.headers.iter().any(|header| {
        let name = header.name.to_ascii_lowercase();
        name.starts_with("list-") || name == "x-mailing-list" || name == "mailing-list"
    });
    let replies = REPLIES.iter().any(|name| parsed.header(name).is_some())
        || precedence == "auto_reply"
        || parsed
            .header("Return-Path")
            .is_some_and(|path| path == "<>");
    let generated = parsed.header("X-Auto-Response-Suppress").is_some()
        || !is_list && matches!(precedence.as_str(), "bulk" | "junk");
    match (replies, generated) {
        (true, _) => Some(Automatic::Reply),
        (_, true) => Some(Automatic::Generated),
        _ => None,
    }
}
