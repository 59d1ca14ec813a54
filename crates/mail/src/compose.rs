//! Messages to send: RFC 5322 and MIME, by lettre.

use crate::{Attachment, Disposition, Mailbox};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Attachment as File, MultiPart, MultiPartKind, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use uuid::Uuid;

/// A message that is to be sent. The same message makes the same bytes, however often it is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Who signs it.
    pub from: Mailbox,
    /// Who gets it.
    pub to: Mailbox,
    /// Where answers go, if not to who signs it.
    pub reply_to: Option<Mailbox>,
    /// One line.
    pub subject: String,
    /// For those who do not read HTML.
    pub text: String,
    /// For those who do.
    pub html: Option<String>,
    /// Without angle brackets, as of [`message_id`].
    pub message_id: String,
    /// What it answers, without angle brackets.
    pub in_reply_to: Option<String>,
    /// The thread before it, the oldest first, without angle brackets.
    pub references: Vec<String>,
    /// How to get no more.
    pub unsubscribe: Unsubscribe,
    /// When it is sent.
    pub date: DateTime<Utc>,
    /// What goes with it. Inline ones need a content id, and HTML that points to it.
    pub attachments: Vec<Attachment>,
}

/// The ways to get no more of such messages (RFC 2369); without any there is no header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsubscribe {
    /// An address to write to.
    pub mailto: Option<String>,
    /// An `https` address that takes a POST without a question (RFC 8058).
    pub url: Option<String>,
}

/// Why a message can not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It would not be delivered anyway.
    #[error("{address:?} is not an address")]
    Address {
        /// What it is.
        address: String,
    },

    /// Characters that would end the header, or that no such value has.
    #[error("{value:?} can not stand in the header {name}")]
    Header {
        /// Which.
        name: &'static str,
        /// What it is.
        value: String,
    },

    /// An attachment's type.
    #[error("{mime_type:?} is not a type")]
    Type {
        /// What it is.
        mime_type: String,
    },

    /// lettre has a reason of its own.
    #[error("the message can not be written")]
    Message(#[from] lettre::error::Error),
}

/// How many messages of a thread are named: the first, and the last ones (RFC 5322, section 3.6.4 sets no end).
const REFERENCES: usize = 20;

/// The message as it goes over the wire, with CRLF.
pub fn compose(outgoing: &Outgoing) -> Result<Vec<u8>, Error> {
    let mut builder = Message::builder()
        .from(mailbox(&outgoing.from)?)
        .to(mailbox(&outgoing.to)?)
        .subject(one_line(&outgoing.subject))
        .date(outgoing.date.into());
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    for header in headers(outgoing)? {
        builder = builder.raw_header(header);
    }
    Ok(body(builder, outgoing)?.formatted())
}

/// A text in one line, without control characters: what can not begin another header.
pub(crate) fn one_line(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn mailbox(mailbox: &Mailbox) -> Result<lettre::message::Mailbox, Error> {
    let address: Address = mailbox.address.parse().map_err(|_| Error::Address {
        address: mailbox.address.clone(),
    })?;
    let name = mailbox.name.as_deref().map(one_line);
    let name = name.filter(|name| !name.is_empty());
    Ok(lettre::message::Mailbox::new(name, address))
}

/// What lettre has no words for, or would encode where it is long.
fn headers(outgoing: &Outgoing) -> Result<Vec<HeaderValue>, Error> {
    let Unsubscribe { mailto, url } = &outgoing.unsubscribe;
    let mailto = mailto.as_ref().map(|mailto| format!("mailto:{mailto}"));
    let ways: Vec<String> = mailto.into_iter().chain(url.clone()).collect();
    let mut headers = vec![list("Message-ID", [&outgoing.message_id])?];
    if let Some(id) = &outgoing.in_reply_to {
        headers.push(list("In-Reply-To", [id])?);
    }
    if let Some((first, others)) = outgoing.references.split_first() {
        let last = &others[others.len().saturating_sub(REFERENCES - 1)..];
        headers.push(list("References", std::iter::once(first).chain(last))?);
    }
    if !ways.is_empty() {
        headers.push(separated("List-Unsubscribe", &ways, ", ")?);
    }
    if url.is_some() {
        let click = "List-Unsubscribe=One-Click".to_owned();
        headers.push(encoded("List-Unsubscribe-Post", click));
    }
    Ok(headers)
}

fn list<'a>(
    name: &'static str,
    values: impl IntoIterator<Item = &'a String>,
) -> Result<HeaderValue, Error> {
    let values: Vec<String> = values.into_iter().cloned().collect();
    separated(name, &values, " ")
}

/// Values in angle brackets, a line each.
fn separated(name: &'static str, values: &[String], between: &str) -> Result<HeaderValue, Error> {
    let is_safe = |value: &&String| {
        let mut bytes = value.bytes();
        let safe = bytes.all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
        safe && !value.is_empty() && value.len() <= 900
    };
    if let Some(value) = values.iter().find(|value| !is_safe(value)) {
        let value = value.clone();
        return Err(Error::Header { name, value });
    }
    let values: Vec<String> = values.iter().map(|value| format!("<{value}>")).collect();
    let fold = format!("{}\r\n ", between.trim_end());
    Ok(encoded(name, values.join(&fold)))
}

fn encoded(name: &'static str, value: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

/// Text alone, or text and HTML; with pictures of the HTML; with files.
fn body(builder: lettre::message::MessageBuilder, outgoing: &Outgoing) -> Result<Message, Error> {
    let text = SinglePart::plain(outgoing.text.clone());
    let (inline, files): (Vec<_>, Vec<_>) = outgoing
        .attachments
        .iter()
        .partition(|one| one.disposition == Disposition::Inline && one.content_id.is_some());
    let Some(html) = &outgoing.html else {
        let all = outgoing.attachments.iter();
        let files = all.map(file).collect::<Result<Vec<_>, _>>()?;
        return Ok(match files.is_empty() {
            true => builder.singlepart(text)?,
            false => {
                let mixed = multipart(outgoing, MultiPartKind::Mixed).singlepart(text);
                builder.multipart(with(mixed, files))?
            }
        });
    };
    let mut letter = multipart(outgoing, MultiPartKind::Alternative)
        .singlepart(text)
        .singlepart(SinglePart::html(html.clone()));
    if !inline.is_empty() {
        let files = inline
            .into_iter()
            .map(file)
            .collect::<Result<Vec<_>, _>>()?;
        let related = multipart(outgoing, MultiPartKind::Related).multipart(letter);
        letter = with(related, files);
    }
    if !files.is_empty() {
        let files = files.into_iter().map(file).collect::<Result<Vec<_>, _>>()?;
        let mixed = multipart(outgoing, MultiPartKind::Mixed).multipart(letter);
        letter = with(mixed, files);
    }
    Ok(builder.multipart(letter)?)
}

fn with(multipart: MultiPart, files: Vec<SinglePart>) -> MultiPart {
    files.into_iter().fold(multipart, MultiPart::singlepart)
}

/// With a boundary that follows from the message's id: it is the same at each try, and nobody who writes the text
/// knows it.
fn multipart(outgoing: &Outgoing, kind: MultiPartKind) -> lettre::message::MultiPartBuilder {
    let seed = format!("{kind:?} {}", outgoing.message_id);
    let boundary = URL_SAFE_NO_PAD.encode(&digest(&SHA256, seed.as_bytes()).as_ref()[..24]);
    MultiPart::builder().kind(kind).boundary(boundary)
}

fn file(attachment: &Attachment) -> Result<SinglePart, Error> {
    let content_type = ContentType::parse(&attachment.mime_type).map_err(|_| Error::Type {
        mime_type: attachment.mime_type.clone(),
    })?;
    let name = attachment
        .filename
        .as_deref()
        .map(one_line)
        .unwrap_or_default();
    let file = match (&attachment.content_id, attachment.disposition) {
        (Some(id), Disposition::Inline) => {
            list("Content-ID", [id])?;
            match name.is_empty() {
                true => File::new_inline(id.clone()),
                false => File::new_inline_with_name(id.clone(), name),
            }
        }
        _ => File::new(name),
    };
    Ok(file.body(attachment.bytes.clone(), content_type))
}

/// The Message-ID, without angle brackets, of what is stored under a key. An answer's `In-Reply-To` leads back
/// to the key by [`storage_key_of`].
pub fn message_id(storage_key: &str, domain: &str) -> String {
    let id = storage_key
        .strip_prefix("mail/")
        .and_then(|id| id.parse::<Uuid>().ok());
    match id.filter(|id| format!("mail/{id}") == storage_key) {
        Some(id) => format!("mail.{}@{domain}", id.simple()),
        None => format!("key.{}@{domain}", URL_SAFE_NO_PAD.encode(storage_key)),
    }
}

/// The storage key that a Message-ID of ours was made of; none of others' ids.
pub fn storage_key_of(message_id: &str) -> Option<String> {
    let id = message_id
        .trim()
        .trim_start_matches('<')
        .trim_end_matches('>');
    let (local, _) = id.rsplit_once('@')?;
    if let Some(id) = local.strip_prefix("mail.") {
        let id = Uuid::try_parse(id).ok().filter(|_| id.len() == 32)?;
        return Some(format!("mail/{id}"));
    }
    let key = URL_SAFE_NO_PAD.decode(local.strip_prefix("key.")?).ok()?;
    String::from_utf8(key).ok()
}

#[cfg(test)]
mod tests;
