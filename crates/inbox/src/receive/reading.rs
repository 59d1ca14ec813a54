//! What a mail says, fit for the columns of a message.

use entity::content::email_message::MessageType;
use mail::{Attachment, Kind, Parsed};

use crate::{
    Trouble,
    content::{Base, Body},
};

/// Most bytes of an attachment, so that a row of it can be read whole.
const ATTACHMENT_BYTES: usize = 25 << 20;
/// Most attachments of a message.
const ATTACHMENTS: usize = 200;
/// Most bytes of a Message-ID, so that it fits into an index.
const MESSAGE_ID_BYTES: usize = 998;
/// Most problems that are told of, and characters of each.
const PROBLEMS: usize = 100;
const PROBLEM: usize = 300;
/// Most messages that a mail may say it answers.
const ANSWERED: usize = 100;

/// A mail, read.
pub(super) struct Reading {
    pub(super) parsed: Parsed,
    pub(super) kind: Kind,
    /// None where there is no text at all.
    pub(super) body: Option<Body>,
    /// What it is found by, besides its subject.
    pub(super) words: Option<String>,
    /// Those that are kept.
    pub(super) attachments: Vec<Attachment>,
    pub(super) message_id: Option<String>,
    /// What was wrong with it, or does not fit, in words.
    pub(super) problems: Vec<String>,
}

impl Reading {
    /// Of bytes that were compressed, of mail that has `full_size` bytes if these are its header alone. Takes its time.
    pub(super) fn of(
        compressed: &[u8],
        size: i64,
        full_size: Option<i64>,
    ) -> Result<Self, Trouble> {
        let size = usize::try_from(size).unwrap_or_default();
        let raw = zstd::bulk::decompress(compressed, size).map_err(Trouble::Unreadable)?;
        let mut parsed = mail::parse(&raw);
        let kind = mail::kind(&parsed);
        let mut problems: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
        if let Some(bytes) = full_size {
            problems.push(format!(
                "the message has {bytes} bytes, more than are taken: all but its header is left out"
            ));
        }
        let attachments = kept(std::mem::take(&mut parsed.attachments), &mut problems);
        let message_id = indexed(parsed.message_id.take(), &mut problems);
        let (text, html) = (parsed.text.as_deref(), parsed.html.as_deref());
        let has_body = text.is_some() || html.is_some();
        Ok(Self {
            body: has_body.then(|| Body::new(text, html)),
            words: text.map(str::to_owned).or_else(|| html.map(mail::words_of)),
            kind,
            attachments,
            message_id,
            problems: told(problems),
            parsed,
        })
    }

    /// The same, whose body may refer to this. Takes its time.
    pub(super) fn after(self, base: Base) -> Self {
        let (text, html) = (self.parsed.text.as_deref(), self.parsed.html.as_deref());
        let body = self.body.map(|body| body.after(base, text, html));
        Self { body, ..self }
    }

    /// A complaint is a program's answer, too.
    pub(super) fn message_type(&self) -> MessageType {
        match self.kind {
            Kind::Email => MessageType::Email,
            Kind::Bounce(_) => MessageType::Bounce,
            Kind::AutoReply(_) | Kind::Complaint(_) | Kind::Delivered(_) => MessageType::AutoReply,
        }
    }

    /// The Message-IDs of what it is about, the closest first.
    pub(super) fn about(&self) -> Vec<String> {
        let original = match &self.kind {
            Kind::Bounce(report) | Kind::Delivered(report) => report.original_message_id.clone(),
            Kind::Complaint(complaint) => complaint.original_message_id.clone(),
            Kind::Email | Kind::AutoReply(_) => None,
        };
        let references = self.parsed.references.iter().rev();
        let answered = self.parsed.in_reply_to.iter().chain(references).cloned();
        let ids = original.into_iter().chain(answered);
        let ids = ids.filter(|id| id.len() <= MESSAGE_ID_BYTES && !id.contains('\0'));
        ids.take(ANSWERED).collect()
    }

    /// Whose mail a report is about that brings none of it back, as none has to (RFC 3464, section 2).
    pub(super) fn reported(&self) -> Vec<String> {
        match &self.kind {
            Kind::Bounce(report) | Kind::Delivered(report) => report.worst(),
            Kind::Email | Kind::AutoReply(_) | Kind::Complaint(_) => Vec::new(),
        }
    }

    /// The addresses whose mailbox it came to, the surest first.
    pub(super) fn receivers(&self) -> Vec<String> {
        let headers = ["Delivered-To", "X-Original-To"].into_iter();
        let delivered = headers.flat_map(|name| {
            let headers = self.parsed.headers.iter();
            headers.filter(move |header| header.name.eq_ignore_ascii_case(name))
        });
        let delivered = delivered.map(|header| header.value.trim_matches(['<', '>', ' ']));
        let named = self.parsed.to.iter().chain(&self.parsed.cc);
        let named = named.map(|mailbox| mailbox.address.as_str());
        let all = delivered.chain(named).take(ANSWERED);
        all.map(str::to_lowercase).collect()
    }

    /// The address of who sent it, or nothing.
    pub(super) fn sender(&self) -> &str {
        let from = self.parsed.from.as_ref();
        from.map_or("", |mailbox| mailbox.address.as_str())
    }
}

/// Those that are neither too large nor too many; the others are named.
fn kept(attachments: Vec<Attachment>, problems: &mut Vec<String>) -> Vec<Attachment> {
    let (mut kept, mut left_out) = (Vec::new(), 0);
    for attachment in attachments {
        let name = attachment.filename.as_deref().unwrap_or("without a name");
        let bytes = attachment.bytes.len();
        if bytes > ATTACHMENT_BYTES {
            problems.push(format!(
                "the attachment {name:?} has {bytes} bytes, more than {ATTACHMENT_BYTES}: left out"
            ));
        } else if kept.len() == ATTACHMENTS {
            left_out += 1;
        } else {
            kept.push(attachment);
        }
    }
    if left_out > 0 {
        problems.push(format!(
            "more than {ATTACHMENTS} attachments: {left_out} left out"
        ));
    }
    kept
}

/// A Message-ID that can be found again.
fn indexed(message_id: Option<String>, problems: &mut Vec<String>) -> Option<String> {
    let message_id = message_id?;
    if message_id.len() <= MESSAGE_ID_BYTES {
        return Some(message_id);
    }
    problems.push(format!(
        "the Message-ID has more than {MESSAGE_ID_BYTES} bytes: it stands among the headers only"
    ));
    None
}

/// As many as are told of; each on a line.
fn told(mut problems: Vec<String>) -> Vec<String> {
    let more = problems.len().saturating_sub(PROBLEMS);
    problems.truncate(PROBLEMS);
    for problem in &mut problems {
        *problem = problem.chars().take(PROBLEM).collect();
    }
    if more > 0 {
        problems.push(format!("and {more} more"));
    }
    problems
}
