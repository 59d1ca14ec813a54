//! New messages, one by one, in the order of their numbers.

use std::collections::VecDeque;

use async_imap::imap_proto::{AttributeValue, Response};
use chrono::{DateTime, FixedOffset};

use super::{Error, Inbox, Place};

/// Bytes, and messages, that are asked for at once.
const BATCH_BYTES: u64 = 1024 * 1024;
const BATCH_MESSAGES: usize = 100;

/// The longest header that is read of a message that is too large.
const MAX_HEADER: usize = 256 * 1024;

/// RFC 3501, section 9: `date-time`.
const DATE_TIME: &str = "%d-%b-%Y %H:%M:%S %z";

/// A message as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Where it stands; what to read on from, once it is dealt with.
    pub place: Place,
    /// When the server got it (INTERNALDATE).
    pub arrived: Option<DateTime<FixedOffset>>,
    /// How many bytes it has, by the server's account.
    pub size: u32,
    /// All of it; or its header alone, if it is larger than [`super::Options::max_bytes`].
    pub bytes: Vec<u8>,
    /// Whether `bytes` is all of it.
    pub is_whole: bool,
}

/// What the list says of a message.
#[derive(Clone, Copy)]
struct Listed {
    uid: u32,
    size: u32,
    arrived: Option<DateTime<FixedOffset>>,
}

/// The messages of an inbox that come after a place; those that arrive meanwhile are not among them.
pub struct Messages<'a> {
    inbox: &'a mut Inbox,
    first: u32,
    /// What was not asked for yet; `None` before there is a list.
    listed: Option<VecDeque<Listed>>,
    ready: VecDeque<Message>,
}

impl<'a> Messages<'a> {
    pub(super) fn new(inbox: &'a mut Inbox, after: Option<Place>) -> Self {
        // Under another validity the numbers are those of other messages (RFC 3501, section 2.3.1.1).
        let valid = after.filter(|place| place.uid_validity == inbox.uid_validity);
        Self {
            first: valid.map_or(1, |place| place.uid.saturating_add(1)),
            inbox,
            listed: None,
            ready: VecDeque::new(),
        }
    }

    /// The next message; `None` after the last one.
    ///
    /// # Errors
    /// [`Error`]; what was returned before is not affected.
    pub async fn next(&mut self) -> Result<Option<Message>, Error> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some(message));
            }
            let mut listed = match self.listed.take() {
                Some(listed) => listed,
                None => self.inbox.list(self.first).await?,
            };
            let batch = batch(&mut listed, self.inbox.options.max_bytes);
            self.listed = Some(listed);
            if batch.is_empty() {
                return Ok(None);
            }
            self.ready = self.inbox.get(&batch).await?;
        }
    }
}

/// Takes what is asked for at once: some that are small together, or one that is not.
fn batch(listed: &mut VecDeque<Listed>, max_bytes: usize) -> Vec<Listed> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while let Some(next) = listed.front() {
        bytes += u64::from(next.size);
        let fits = bytes <= BATCH_BYTES && batch.len() < BATCH_MESSAGES && !next.exceeds(max_bytes);
        if !fits && !batch.is_empty() {
            break;
        }
        batch.extend(listed.pop_front());
        if !fits {
            break;
        }
    }
    batch
}

impl Listed {
    fn exceeds(&self, max_bytes: usize) -> bool {
        usize::try_from(self.size).is_ok_and(|size| size > max_bytes)
    }

    fn of(attributes: &[AttributeValue<'_>]) -> Option<Self> {
        let mut listed = Self {
            uid: uid(attributes)?,
            size: 0,
            arrived: None,
        };
        for attribute in attributes {
            match attribute {
                AttributeValue::Rfc822Size(size) => listed.size = *size,
                AttributeValue::InternalDate(text) => {
                    listed.arrived = DateTime::parse_from_str(text, DATE_TIME).ok();
                }
                _ => {}
            }
        }
        Some(listed)
    }
}

impl Inbox {
    async fn list(&mut self, first: u32) -> Result<VecDeque<Listed>, Error> {
        // So the server tells of what has come since.
        self.wire.exchange("NOOP", |_| {}).await?;
        self.wire.has_news = false;
        let mut listed = Vec::new();
        let command = format!("UID FETCH {first}:* (UID INTERNALDATE RFC822.SIZE)");
        self.wire
            .exchange(&command, |response| {
                if let Response::Fetch(_, attributes) = response {
                    // The range has the last message in it, whatever its number.
                    let next = Listed::of(attributes).filter(|next| next.uid >= first);
                    listed.extend(next);
                }
            })
            .await?;
        listed.sort_by_key(|next| next.uid);
        listed.dedup_by_key(|next| next.uid);
        Ok(listed.into())
    }

    /// Gets a batch; a message that is not there any more is left out.
    async fn get(&mut self, batch: &[Listed]) -> Result<VecDeque<Message>, Error> {
        let max_bytes = self.options.max_bytes;
        let is_too_large = batch.iter().any(|one| one.exceeds(max_bytes));
        let section = match is_too_large {
            true => format!("BODY.PEEK[HEADER]<0.{MAX_HEADER}>"),
            // One byte more tells of one that is larger than was said.
            false => format!("BODY.PEEK[]<0.{}>", max_bytes.saturating_add(1)),
        };
        let uids: Vec<_> = batch.iter().map(|one| one.uid.to_string()).collect();
        let command = format!("UID FETCH {} (UID {section})", uids.join(","));
        let mut messages = Vec::new();
        let uid_validity = self.uid_validity;
        self.wire
            .exchange(&command, |response| {
                let Response::Fetch(_, attributes) = response else {
                    return;
                };
                let uid = uid(attributes);
                let listed = batch.iter().find(|one| Some(one.uid) == uid);
                if let (Some(listed), Some(bytes)) = (listed, body(attributes)) {
                    let is_whole = !is_too_large && bytes.len() <= max_bytes;
                    messages.push(Message {
                        place: Place {
                            uid_validity,
                            uid: listed.uid,
                        },
                        arrived: listed.arrived,
                        size: listed.size,
                        bytes: if is_whole { bytes } else { header(bytes) },
                        is_whole,
                    });
                }
            })
            .await?;
        messages.sort_by_key(|message| message.place.uid);
        Ok(messages.into())
    }
}

fn uid(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn body(attributes: &[AttributeValue<'_>]) -> Option<Vec<u8>> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { data, .. } => {
            Some(data.as_deref().unwrap_or_default().to_vec())
        }
        _ => None,
    })
}

/// The beginning, to the empty line.
fn header(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    bytes.truncate(end.map_or(MAX_HEADER, |end| end + 4));
    bytes
}
