//! Letters told apart from what machines write.

mod automatic;
mod bounce;
mod fields;

pub use automatic::Automatic;
pub use bounce::{Action, Bounce, Recipient, Severity, Status};

use crate::{Parsed, parse};
use fields::Fields;

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person wrote it, for all that one can tell.
    Email,
    /// A machine wrote it, and nobody has to do anything (RFC 3834).
    AutoReply(Automatic),
    /// Something did not arrive, or not yet (RFC 3464).
    Bounce(Bounce),
    /// Something arrived, or was passed on (RFC 3464).
    Delivered(Bounce),
    /// Somebody called a message spam (RFC 5965).
    Complaint(Complaint),
}

/// What a mailbox provider tells of somebody who calls a message spam.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// `abuse`, `fraud`, `virus`, `opt-out` or `other`.
    pub feedback_type: String,
    /// The message that it is about, without angle brackets.
    pub original_message_id: Option<String>,
    /// Who complains, as far as the provider says it.
    pub recipients: Vec<String>,
}

/// Tells what a message is: a complaint, else a bounce, else an automatic reply, else a letter.
pub fn kind(parsed: &Parsed) -> Kind {
    if let Some(complaint) = complaint(parsed) {
        return Kind::Complaint(complaint);
    }
    match bounce::read(parsed) {
        Some(bounce) if bounce.is_success() => Kind::Delivered(bounce),
        Some(bounce) => Kind::Bounce(bounce),
        None => automatic::read(parsed).map_or(Kind::Email, Kind::AutoReply),
    }
}

/// RFC 5965; `not-spam` (RFC 6430) and reports about signatures (RFC 6591) are none.
fn complaint(parsed: &Parsed) -> Option<Complaint> {
    let report = attached(parsed, &["message/feedback-report"]).next()?;
    let fields = Fields::blocks(report).into_iter().next()?;
    let feedback_type = fields.get("Feedback-Type")?.to_ascii_lowercase();
    if matches!(feedback_type.as_str(), "not-spam" | "auth-failure") {
        return None;
    }
    let recipients = fields.all("Original-Rcpt-To").map(bounce::address);
    Some(Complaint {
        feedback_type,
        original_message_id: original_message_id(parsed),
        recipients: recipients.collect(),
    })
}

/// The id of the message that is reported: of the message or the headers that are returned, else of a line of
/// the text.
fn original_message_id(parsed: &Parsed) -> Option<String> {
    let returned = [
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
    ];
    let ids =
        attached(parsed, &returned).filter_map(|bytes| parse::parse_headers(bytes).message_id);
    let texts = attached(parsed, &["text/plain"]).map(String::from_utf8_lossy);
    let texts = texts.chain(parsed.text.as_deref().map(Into::into));
    let quoted = texts.filter_map(|text| quoted_message_id(&text));
    ids.chain(quoted).next()
}

fn quoted_message_id(text: &str) -> Option<String> {
    let mut values = text.lines().filter_map(|line| {
        let (name, value) = line
            .trim_start_matches(['>', ' ', '\t', '|'])
            .split_once(':')?;
        name.eq_ignore_ascii_case("message-id")
            .then(|| value.trim())
    });
    values.find_map(|value| {
        let id = value.strip_prefix('<')?.split('>').next()?;
        id.contains('@').then(|| id.to_owned())
    })
}

fn attached<'a>(parsed: &'a Parsed, types: &[&str]) -> impl Iterator<Item = &'a [u8]> {
    let types: Vec<String> = types.iter().map(|name| (*name).to_owned()).collect();
    let attachments = parsed.attachments.iter();
    attachments.filter_map(move |one| {
        types
            .contains(&one.mime_type)
            .then_some(one.bytes.as_slice())
    })
}

#[cfg(test)]
mod tests;
