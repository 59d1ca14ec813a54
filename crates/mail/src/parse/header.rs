//! The headers of a message.

use super::{Parsed, Problem, text};
use chrono::{DateTime, Utc};
use mail_parser::{Address, HeaderName, HeaderValue, Message};
use serde::{Deserialize, Serialize};

/// A header as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// As it is spelled.
    pub name: String,
    /// Unfolded; encoded words (RFC 2047) are as they are.
    pub value: String,
}

/// Who has an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// How it is called.
    pub name: Option<String>,
    /// `local@domain`, as it is written: it need not be one; at most 320 characters.
    pub address: String,
}

/// How many bytes the headers have, with the empty line behind them.
pub(super) fn section(raw: &[u8]) -> usize {
    let mut places = 0..raw.len();
    let end =
        places.find(|at| matches!(raw[*at..], [b'\n', b'\n', ..] | [b'\n', b'\r', b'\n', ..]));
    end.map_or(raw.len(), |at| {
        at + if raw[at + 1] == b'\n' { 2 } else { 3 }
    })
}

/// All that is in the headers, and the text that stands among them without being one.
pub(super) fn read(raw: &[u8], message: &Message<'_>) -> Parsed {
    let mut problems = Vec::new();
    let headers = list(raw, message, &mut problems);
    let of = |name| addresses(message.header(name), &mut Vec::new());
    let from = [HeaderName::From, HeaderName::Sender, HeaderName::ReturnPath]
        .into_iter()
        .find_map(|name| {
            addresses(message.header(name), &mut problems)
                .into_iter()
                .next()
        });
    let subject = message
        .subject()
        .map(|subject| text::fit(subject.to_owned(), 998, "Subject", &mut problems));
    Parsed {
        message_id: ids(message.header(HeaderName::MessageId))
            .into_iter()
            .next(),
        in_reply_to: ids(message.header(HeaderName::InReplyTo)),
        references: ids(message.header(HeaderName::References)),
        reply_to: of(HeaderName::ReplyTo),
        to: of(HeaderName::To),
        cc: of(HeaderName::Cc),
        date: date(&headers),
        text: stray(raw, message, &mut problems),
        from,
        subject,
        headers,
        problems,
        ..Parsed::default()
    }
}

/// What a message has to have, and does not.
pub(super) fn missing(parsed: &Parsed) -> impl Iterator<Item = Problem> + use<> {
    let from = parsed.from.is_none().then_some(Problem::MissingFrom);
    let date = parsed.date.is_none().then_some(Problem::MissingDate);
    from.into_iter().chain(date)
}

/// Headers with a colon: at the end of a message the library takes a line without one for a header, too.
pub(super) fn fields<'a>(
    raw: &'a [u8],
    message: &'a Message<'_>,
) -> impl Iterator<Item = &'a mail_parser::Header<'a>> {
    let headers = message.headers().iter();
    headers.filter(|header| {
        let name = raw.get(header.offset_field as usize..header.offset_start as usize);
        name.is_some_and(|name| name.ends_with(b":"))
    })
}

fn list(raw: &[u8], message: &Message<'_>, problems: &mut Vec<Problem>) -> Vec<Header> {
    let headers = fields(raw, message).filter_map(|header| {
        let field = header.offset_field as usize..header.offset_start as usize;
        let value = header.offset_start as usize..header.offset_end as usize;
        Some((raw.get(field)?, raw.get(value)?))
    });
    let mut list = Vec::new();
    for (name, value) in headers {
        let name = text::western(name.strip_suffix(b":").unwrap_or(name).trim_ascii());
        let value = text::western(&unfolded(value));
        list.push(Header {
            name: text::clean(name, "a header's name", problems),
            value: text::clean(value, "a header", problems),
        });
    }
    list
}

/// RFC 5322, section 2.2.3: line ends go, the white space behind them stays.
fn unfolded(value: &[u8]) -> Vec<u8> {
    let value = value.trim_ascii().iter();
    value
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .copied()
        .collect()
}

/// RFC 5322, section 3.3; RFC 3339 is seen, too.
fn date(headers: &[Header]) -> Option<DateTime<Utc>> {
    let named = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("Date"));
    let value = named?.value.as_str();
    let read = mail_parser::DateTime::parse_rfc822(value).filter(mail_parser::DateTime::is_valid);
    let read = read.or_else(|| mail_parser::DateTime::parse_rfc3339(value))?;
    DateTime::from_timestamp(read.to_timestamp(), 0).filter(|_| read.is_valid())
}

/// Lines that the library passed over because they have no colon.
fn stray(raw: &[u8], message: &Message<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let mut end = 0;
    let mut kept = Vec::new();
    for header in fields(raw, message) {
        let gap = raw
            .get(end..header.offset_field as usize)
            .unwrap_or_default();
        kept.extend(gap.split_inclusive(|byte| *byte == b'\n'));
        end = header.offset_end as usize;
    }
    let body = message
        .parts
        .first()
        .map_or(raw.len(), |part| part.offset_body as usize);
    let gap = raw.get(end..body).unwrap_or_default();
    kept.extend(gap.split_inclusive(|byte| *byte == b'\n'));
    kept.retain(|line| !line.trim_ascii().is_empty());
    if kept.is_empty() {
        return None;
    }
    problems.push(Problem::StrayLines { lines: kept.len() });
    Some(text::clean(
        text::western(&kept.concat()),
        "the text",
        problems,
    ))
}

fn addresses(value: Option<&HeaderValue<'_>>, problems: &mut Vec<Problem>) -> Vec<Mailbox> {
    let found: Vec<(Option<String>, String)> = match value {
        Some(HeaderValue::Address(address @ (Address::List(_) | Address::Group(_)))) => address
            .iter()
            .filter_map(|one| {
                let name = one.name.as_deref().map(str::to_owned);
                Some((name, one.address.as_deref()?.to_owned()))
            })
            .collect(),
        Some(HeaderValue::Text(text)) => vec![(None, text.to_string())],
        _ => Vec::new(),
    };
    let mut mailbox = |(name, address): (Option<String>, String)| Mailbox {
        name: name.map(|name| text::fit(name, 998, "a name", problems)),
        address: text::fit(address, 320, "an address", problems),
    };
    found
        .into_iter()
        .filter(|(_, address)| !address.trim().is_empty())
        .map(&mut mailbox)
        .collect()
}

/// Ids that fit a column: a longer one would not be found again by its beginning.
fn ids(value: Option<&HeaderValue<'_>>) -> Vec<String> {
    let texts = match value {
        Some(HeaderValue::Text(text)) => vec![text],
        Some(HeaderValue::TextList(texts)) => texts.iter().collect(),
        _ => Vec::new(),
    };
    let fitting = texts.into_iter().filter(|id| id.chars().count() <= 998);
    fitting
        .map(|id| text::clean(id.to_string(), "an id", &mut Vec::new()))
        .collect()
}
