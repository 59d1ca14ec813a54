//! Text, HTML and attachments: each part is one of them, or has parts.

use super::{Attachment, Disposition, Parsed, Problem, opaque::Opaque, text};
use mail_parser::{
    ContentType, Encoding, Message, MessagePart, MimeHeaders, PartType,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};
use std::collections::HashSet;

/// Adds what the parts hold.
pub(super) fn read(raw: &[u8], opaque: &Opaque, message: &Message<'_>, parsed: &mut Parsed) {
    let shown: HashSet<u32> = message
        .text_body
        .iter()
        .chain(&message.html_body)
        .copied()
        .collect();
    for (number, part) in message.parts.iter().enumerate() {
        if matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        let bytes = bytes(raw, part);
        if !bytes.is_empty() && (part.is_encoding_problem || has_unknown_encoding(part)) {
            parsed.problems.push(Problem::Encoding { part: number });
        }
        if is_read(shown.contains(&(number as u32)), number, part) {
            let charset = part.content_type().and_then(|of| of.attribute("charset"));
            let text = text::decode(&bytes, charset, number, &mut parsed.problems);
            let (body, place) = match part.body {
                PartType::Html(_) => (&mut parsed.html, "the HTML"),
                _ => (&mut parsed.text, "the text"),
            };
            append(body, text::clean(text, place, &mut parsed.problems));
        } else {
            let attachment = attachment(opaque, part, bytes, &mut parsed.problems);
            parsed.attachments.push(attachment);
        }
    }
}

/// Whether a part is text that a reader sees. A multipart without a single boundary is text.
fn is_read(is_shown: bool, number: usize, part: &MessagePart<'_>) -> bool {
    let is_whole = || {
        part.content_type()
            .is_none_or(|of| of.ctype() == "multipart")
    };
    match part.body {
        PartType::Text(_) | PartType::Html(_) => is_shown || number == 0 && is_whole(),
        _ => false,
    }
}

/// A part's bytes, decoded from what came: the library's strings are of another charset.
fn bytes(raw: &[u8], part: &MessagePart<'_>) -> Vec<u8> {
    let coded = raw
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => Some(coded.to_vec()),
        Encoding::Base64 => base64_decode(coded),
        Encoding::QuotedPrintable => quoted_printable_decode(coded),
    };
    decoded.unwrap_or_else(|| match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.as_bytes().to_vec(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes.to_vec(),
        PartType::Message(_) | PartType::Multipart(_) => coded.to_vec(),
    })
}

/// Whether a part is coded in a way that is not read, as uuencode; RFC 2045, section 6.1 names the others.
fn has_unknown_encoding(part: &MessagePart<'_>) -> bool {
    let known = ["7bit", "8bit", "binary", "base64", "quoted-printable", ""];
    part.content_transfer_encoding().is_some_and(|coded| {
        let coded = coded.split(['(', ';']).next().unwrap_or_default().trim();
        !known.iter().any(|known| known.eq_ignore_ascii_case(coded))
    })
}

/// Puts a text behind the one before it, on a line of its own.
fn append(body: &mut Option<String>, text: String) {
    match body {
        Some(before) => {
            if !before.is_empty() && !before.ends_with('\n') {
                before.push('\n');
            }
            before.push_str(&text);
        }
        None => *body = Some(text),
    }
}

fn attachment(
    opaque: &Opaque,
    part: &MessagePart<'_>,
    bytes: Vec<u8>,
    problems: &mut Vec<Problem>,
) -> Attachment {
    let fit = text::fit;
    let filename = part
        .attachment_name()
        .map(|name| fit(opaque.restore(name), 255, "a filename", problems));
    let content_id = part
        .content_id()
        .map(|id| fit(id.to_owned(), 998, "a Content-ID", problems));
    let shown = part.content_disposition();
    let inline = shown.map_or(content_id.is_some(), |shown| shown.is_inline());
    Attachment {
        filename: filename.filter(|name| !name.trim().is_empty()),
        mime_type: fit(mime_type(opaque, part), 255, "a type", problems),
        disposition: match inline {
            true => Disposition::Inline,
            false => Disposition::Attachment,
        },
        content_id,
        bytes,
    }
}

/// What a part says it is; without a word it is text (RFC 2045, section 5.2).
fn mime_type(opaque: &Opaque, part: &MessagePart<'_>) -> String {
    let named = |of: &ContentType<'_>| {
        let name = format!("{}/{}", of.ctype(), of.subtype().unwrap_or("x-unknown"));
        opaque.restore(&name).to_ascii_lowercase()
    };
    part.content_type()
        .map_or_else(|| "text/plain".to_owned(), named)
}
