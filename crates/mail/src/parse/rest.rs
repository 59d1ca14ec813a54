//! What the parts of a message leave out.
//!
//! A library that looks for delimiters passes over what does not fit: lines among a part's headers, text on a
//! delimiter's line, what follows the last one. All that is neither a header's, nor a part's, nor a delimiter,
//! nor the words for readers without MIME in front of the first one (RFC 2046, section 5.1.1), is the rest.

use super::{Attachment, Disposition, Parsed, Problem};
use mail_parser::{Message, MimeHeaders, PartType};
use std::ops::Range;

/// Attaches the rest, if there is any.
pub(super) fn read(raw: &[u8], message: &Message<'_>, parsed: &mut Parsed) {
    let boundaries: Vec<Vec<u8>> = boundaries(message).collect();
    let mut kept: Vec<Range<usize>> = kept(raw, message).collect();
    kept.sort_by_key(|range| range.start);
    let mut rest = Vec::new();
    let mut end = 0;
    for range in kept
        .into_iter()
        .chain(std::iter::once(raw.len()..raw.len()))
    {
        let gap = raw.get(end..range.start).unwrap_or_default();
        let lines = gap.split_inclusive(|byte| *byte == b'\n');
        rest.extend(lines.filter(|line| !is_delimiter(line, &boundaries)));
        end = end.max(range.end);
    }
    let bytes = rest.concat();
    if !bytes.is_empty() {
        parsed.problems.push(Problem::Rest { bytes: bytes.len() });
        parsed.attachments.push(Attachment {
            filename: Some("rest.txt".to_owned()),
            mime_type: "text/plain".to_owned(),
            disposition: Disposition::Attachment,
            content_id: None,
            bytes,
        });
    }
}

fn boundaries(message: &Message<'_>) -> impl Iterator<Item = Vec<u8>> {
    let types = message.parts.iter().filter_map(|part| part.content_type());
    types.filter_map(|of| Some(format!("--{}", of.attribute("boundary")?).into_bytes()))
}

/// Where headers and parts are, and what stands in front of a multipart's first delimiter. The headers of the
/// message itself are all kept: lines among them are in its text.
fn kept(raw: &[u8], message: &Message<'_>) -> impl Iterator<Item = Range<usize>> {
    message.parts.iter().enumerate().flat_map(|(number, part)| {
        let (start, body) = (part.offset_header as usize, part.offset_body as usize);
        let whole = (number == 0).then_some(start..body);
        let fields = part.headers.iter();
        let fields = fields.map(|field| field.offset_field as usize..field.offset_end as usize);
        let boundary = part.content_type().and_then(|of| of.attribute("boundary"));
        let content = match (&part.body, boundary) {
            (PartType::Multipart(parts), Some(boundary)) if !parts.is_empty() => {
                let first = find(
                    raw.get(body..).unwrap_or_default(),
                    format!("--{boundary}").as_bytes(),
                );
                body..body + first
            }
            (PartType::Multipart(_), _) => body..body,
            _ => body..part.offset_end as usize,
        };
        whole.into_iter().chain(fields).chain([content])
    })
}

fn find(raw: &[u8], wanted: &[u8]) -> usize {
    let mut windows = raw.windows(wanted.len());
    windows.position(|window| window == wanted).unwrap_or(0)
}

/// Whether a line is empty or a delimiter of some multipart, and nothing else.
fn is_delimiter(line: &[u8], boundaries: &[Vec<u8>]) -> bool {
    let line = line.trim_ascii();
    let mut ends = boundaries
        .iter()
        .filter_map(|boundary| line.strip_prefix(boundary.as_slice()));
    line.is_empty() || ends.any(|end| end.is_empty() || end == b"--")
}
