//! What did not arrive: RFC 3464, and what mail servers wrote before it.

use super::{attached, fields::Fields, original_message_id};
use crate::Parsed;
use std::{fmt, str::FromStr};

/// A report of what became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// To whom; nobody where the report is for people's eyes only.
    pub recipients: Vec<Recipient>,
    /// The message that it is about, without angle brackets; a report need not bring any of it back (RFC 3464, section 2).
    pub original_message_id: Option<String>,
    /// What the text says where no recipient is told of.
    pub(super) unstructured: Severity,
}

/// What became of a message for one of its recipients (RFC 3464, section 2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Where the server wanted to deliver it.
    pub final_recipient: Option<String>,
    /// To whom the sender had addressed it.
    pub original_recipient: Option<String>,
    /// What the server did.
    pub action: Action,
    /// Why (RFC 3463).
    pub status: Option<Status>,
    /// What the other server said, for people.
    pub diagnostic: Option<String>,
}

/// What a server did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It gave up.
    Failed,
    /// It will try again.
    Delayed,
    /// It delivered it.
    Delivered,
    /// It handed it to one that does not report.
    Relayed,
    /// It sent it to more than one.
    Expanded,
}

/// An enhanced status code (RFC 3463): `5.1.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// 2 success, 4 for now, 5 for good.
    pub class: u8,
    /// What it is about: 1 an address, 2 a mailbox, 7 a policy.
    pub subject: u16,
    /// More closely.
    pub detail: u16,
}

/// Whether it makes sense to write again. In this order: the last is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It arrived.
    None,
    /// For now: a full mailbox, a server that is away.
    Soft,
    /// It did not arrive, and nothing says for how long: treat it as soft.
    Unknown,
    /// For good: there is no such mailbox.
    Hard,
}

impl Bounce {
    /// The worst of all recipients'.
    pub fn severity(&self) -> Severity {
        let severities = self.recipients.iter().map(Recipient::severity);
        severities.max().unwrap_or(self.unstructured)
    }

    /// The addresses that fared as the worst of all did, as the sender wrote them and as the server did; in lower case.
    pub fn worst(&self) -> Vec<String> {
        let worst = self.severity();
        let recipients = self.recipients.iter().filter(|one| one.severity() == worst);
        let addresses = recipients.flat_map(|one| [&one.original_recipient, &one.final_recipient]);
        addresses.flatten().map(|one| one.to_lowercase()).collect()
    }

    /// Whether it was delivered to somebody, and not only passed on to a server that does not report.
    pub fn is_delivery(&self) -> bool {
        let mut actions = self.recipients.iter().map(|one| one.action);
        actions.any(|action| action == Action::Delivered)
    }

    pub(super) fn is_success(&self) -> bool {
        self.severity() == Severity::None
    }
}

impl Recipient {
    /// A failure of class 4 is soft, however often it was tried.
    pub fn severity(&self) -> Severity {
        match (self.action, self.status.map(|status| status.class)) {
            (Action::Delivered | Action::Relayed | Action::Expanded, _) => Severity::None,
            (Action::Delayed, _) | (Action::Failed, Some(4)) => Severity::Soft,
            (Action::Failed, Some(5)) => Severity::Hard,
            (Action::Failed, _) => Severity::Unknown,
        }
    }
}

impl FromStr for Status {
    type Err = ();

    /// The first thing in a text that is a status.
    fn from_str(text: &str) -> Result<Self, ()> {
        let words = text.split(|letter: char| !(letter.is_ascii_digit() || letter == '.'));
        words.filter_map(status).next().ok_or(())
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

fn status(word: &str) -> Option<Status> {
    let mut numbers = word.trim_end_matches('.').split('.');
    let class = numbers
        .next()?
        .parse()
        .ok()
        .filter(|class| matches!(class, 2 | 4 | 5))?;
    let mut number = || {
        numbers
            .next()?
            .parse()
            .ok()
            .filter(|number| *number < 1_000)
    };
    let (subject, detail) = (number()?, number()?);
    numbers.next().is_none().then_some(Status {
        class,
        subject,
        detail,
    })
}

/// The report in a message, if it is one.
pub(super) fn read(parsed: &Parsed) -> Option<Bounce> {
    let types = ["message/delivery-status", "message/global-delivery-status"];
    let blocks = attached(parsed, &types).flat_map(Fields::blocks);
    let mut recipients: Vec<_> = blocks.filter_map(|fields| recipient(&fields)).collect();
    if recipients.is_empty() {
        recipients.extend(failed(parsed));
    }
    if recipients.is_empty() && !is_daemon(parsed) {
        return None;
    }
    Some(Bounce {
        recipients,
        original_message_id: original_message_id(parsed),
        unstructured: unstructured(parsed),
    })
}

/// The first block is about the message, all others about a recipient each.
fn recipient(fields: &Fields) -> Option<Recipient> {
    let final_recipient = fields.get("Final-Recipient").map(address);
    let original_recipient = fields.get("Original-Recipient").map(address);
    let diagnostic = fields
        .get("Diagnostic-Code")
        .map(|code| untyped(code).to_owned());
    let action = fields.get("Action").and_then(action);
    if action.is_none() && final_recipient.is_none() {
        return None;
    }
    let status = fields.get("Status").and_then(|status| status.parse().ok());
    Some(Recipient {
        action: action.unwrap_or(Action::Failed),
        status: status.or_else(|| diagnostic.as_deref()?.parse().ok()),
        final_recipient,
        original_recipient,
        diagnostic,
    })
}

fn action(value: &str) -> Option<Action> {
    let word = value.split([' ', '(', ';']).next()?;
    match word.to_ascii_lowercase().as_str() {
        "failed" | "failure" => Some(Action::Failed),
        "delayed" => Some(Action::Delayed),
        "delivered" => Some(Action::Delivered),
        "relayed" => Some(Action::Relayed),
        "expanded" => Some(Action::Expanded),
        _ => None,
    }
}

/// `rfc822; ada@a.test` without its type (RFC 3464, section 2.1.2).
fn untyped(value: &str) -> &str {
    value
        .split_once(';')
        .map_or(value, |(_, value)| value)
        .trim()
}

/// An address of a report, without type, angle brackets and comments.
pub(super) fn address(value: &str) -> String {
    let value = untyped(value);
    let within = value
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    within
        .map_or(value, |(address, _)| address)
        .trim()
        .to_owned()
}

/// Exim tells of recipients in a header.
fn failed(parsed: &Parsed) -> impl Iterator<Item = Recipient> {
    let status = parsed.text.as_deref().and_then(|text| text.parse().ok());
    let addresses = parsed.header("X-Failed-Recipients").unwrap_or_default();
    let addresses = addresses
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty());
    addresses.map(move |one| Recipient {
        final_recipient: Some(one.to_owned()),
        original_recipient: None,
        action: Action::Failed,
        status,
        diagnostic: None,
    })
}

/// Whether a mail server itself writes. People who look after one answer as `postmaster` (RFC 5321, section 4.5.1).
fn is_daemon(parsed: &Parsed) -> bool {
    let address = parsed
        .from
        .as_ref()
        .map_or("", |from| from.address.as_str());
    let local = address
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let answers = !parsed.in_reply_to.is_empty() || !parsed.references.is_empty();
    let content_type = parsed.header("Content-Type").unwrap_or_default();
    match local.as_str() {
        "mailer-daemon" => true,
        "postmaster" => !answers,
        _ => content_type.contains("report-type=delivery-status"),
    }
}

fn unstructured(parsed: &Parsed) -> Severity {
    let status = parsed
        .text
        .as_deref()
        .and_then(|text| text.parse::<Status>().ok());
    match status.map(|status| status.class) {
        Some(5) => Severity::Hard,
        Some(4) => Severity::Soft,
        _ => Severity::Unknown,
    }
}
