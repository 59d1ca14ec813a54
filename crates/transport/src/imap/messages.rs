//! New messages, one by one, in the order of their numbers.

use std::collections::VecDeque;

use async_imap::imap_proto::{AttributeValue, Response};
use chrono::{DateTime, FixedOffset};

use super::{
    Error, Inbox, Place,
    bounded::FEW,
    listed::{BATCH_BYTES, Listed, batch, keep_first, uid},
    wire::ignored,
};

/// The longest header that is read of a message that is too large.
const MAX_HEADER: usize = 256 * 1024;

/// The most messages that are listed at once; those behind them are there the next time.
const MAX_LISTED: usize = 100_000;

/// What may be said beyond the bytes that are asked for, by a server that counts them otherwise.
const SLACK: usize = 64 * 1024;

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

/// The messages of an inbox that come after a place; those that arrive meanwhile are not among them, nor
/// are more than the first 100,000: they come after the place of the last.
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

impl Inbox {
    async fn list(&mut self, first: u32) -> Result<VecDeque<Listed>, Error> {
        // So the server tells of what has come since.
        self.wire.exchange("NOOP", ignored).await?;
        self.wire.has_news = false;
        let mut listed = Vec::new();
        let mut has_more = false;
        let command = format!("UID FETCH {first}:* (UID INTERNALDATE RFC822.SIZE)");
        self.wire
            .exchange(&command, |response| {
                if let Response::Fetch(_, attributes) = response {
                    // The range has the last message in it, whatever its number.
                    let next = Listed::of(attributes).filter(|next| next.uid >= first);
                    listed.extend(next);
                    if listed.len() >= 2 * MAX_LISTED {
                        has_more |= keep_first(&mut listed, MAX_LISTED);
                    }
                }
                Ok(())
            })
            .await?;
        has_more |= keep_first(&mut listed, MAX_LISTED);
        // Nobody waits before they have asked for the rest.
        self.wire.has_news |= has_more;
        Ok(listed.into())
    }

    /// Gets a batch; a message that is not there any more is left out.
    async fn get(&mut self, batch: &[Listed]) -> Result<VecDeque<Message>, Error> {
        let mut taking = Taking::new(batch, self.options.max_bytes, self.uid_validity);
        let (section, most) = match taking.is_too_large {
            true => ("BODY.PEEK[HEADER]", MAX_HEADER),
            // One byte more tells of one that is larger than was said.
            false => ("BODY.PEEK[]", self.options.max_bytes.saturating_add(1)),
        };
        let uids: Vec<_> = batch.iter().map(|one| one.uid.to_string()).collect();
        let command = format!("UID FETCH {} (UID {section}<0.{most}>)", uids.join(","));
        self.wire.take_at_most(most.saturating_add(SLACK));
        let got = self
            .wire
            .exchange(&command, |response| taking.take(response));
        let got = got.await;
        self.wire.take_at_most(FEW);
        got?;
        taking.messages.sort_by_key(|message| message.place.uid);
        Ok(taking.messages.into())
    }
}

/// What has come of a batch.
struct Taking<'a> {
    batch: &'a [Listed],
    /// See [`super::Options::max_bytes`].
    max_bytes: usize,
    /// One that is asked for its header alone.
    is_too_large: bool,
    uid_validity: u32,
    messages: Vec<Message>,
    /// Of all messages together.
    bytes: usize,
}

impl<'a> Taking<'a> {
    fn new(batch: &'a [Listed], max_bytes: usize, uid_validity: u32) -> Self {
        Self {
            batch,
            max_bytes,
            is_too_large: batch.iter().any(|one| one.exceeds(max_bytes)),
            uid_validity,
            messages: Vec::new(),
            bytes: 0,
        }
    }

    fn take(&mut self, response: &Response<'_>) -> Result<(), Error> {
        let Response::Fetch(_, attributes) = response else {
            return Ok(());
        };
        let uid = uid(attributes);
        let listed = self.batch.iter().find(|one| Some(one.uid) == uid);
        let (Some(listed), Some(bytes)) = (listed, body(attributes)) else {
            return Ok(());
        };
        let uid = listed.uid;
        if self.messages.iter().any(|taken| taken.place.uid == uid) {
            let text = format!("it gives the message {uid} twice");
            return Err(Error::Protocol(text));
        }
        self.bytes += bytes.len();
        // One message of any size, or some that were said to be small.
        if self.bytes > self.max_bytes.max(MAX_HEADER).saturating_add(BATCH_BYTES) {
            let text = "the messages are much larger than it has listed them";
            return Err(Error::Protocol(text.to_owned()));
        }
        let is_whole = !self.is_too_large && bytes.len() <= self.max_bytes;
        self.messages.push(Message {
            place: Place {
                uid_validity: self.uid_validity,
                uid,
            },
            arrived: listed.arrived,
            size: listed.size,
            bytes: if is_whole {
                bytes.to_vec()
            } else {
                header(bytes).to_vec()
            },
            is_whole,
        });
        Ok(())
    }
}

fn body<'a>(attributes: &'a [AttributeValue<'_>]) -> Option<&'a [u8]> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::BodySection { data, .. } => Some(data.as_deref().unwrap_or_default()),
        _ => None,
    })
}

/// The beginning, to the empty line.
fn header(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.map_or(MAX_HEADER, |end| end + 4);
    &bytes[..end.min(bytes.len())]
}
