//! What there is to be asked for.

use std::collections::VecDeque;

use async_imap::imap_proto::AttributeValue;
use chrono::{DateTime, FixedOffset};

/// Bytes, and messages, that are asked for at once.
pub(super) const BATCH_BYTES: usize = 1024 * 1024;
const BATCH_MESSAGES: usize = 100;

/// RFC 3501, section 9: `date-time`.
const DATE_TIME: &str = "%d-%b-%Y %H:%M:%S %z";

/// What the list says of a message.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub uid: u32,
    /// Bytes.
    pub size: u32,
    pub arrived: Option<DateTime<FixedOffset>>,
}

impl Listed {
    pub(super) fn exceeds(&self, max_bytes: usize) -> bool {
        usize::try_from(self.size).is_ok_and(|size| size > max_bytes)
    }

    pub(super) fn of(attributes: &[AttributeValue<'_>]) -> Option<Self> {
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

pub(super) fn uid(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|attribute| match attribute {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

/// Keeps the first `most` messages, each once and in order; whether others were dropped.
pub(super) fn keep_first(listed: &mut Vec<Listed>, most: usize) -> bool {
    listed.sort_by_key(|next| next.uid);
    listed.dedup_by_key(|next| next.uid);
    let has_more = listed.len() > most;
    listed.truncate(most);
    has_more
}

/// Takes what is asked for at once: some that are small together, or one that is not.
pub(super) fn batch(listed: &mut VecDeque<Listed>, max_bytes: usize) -> Vec<Listed> {
    let mut batch = Vec::new();
    let mut bytes = 0;
    while let Some(next) = listed.front() {
        bytes += u64::from(next.size);
        let is_small = usize::try_from(bytes).is_ok_and(|bytes| bytes <= BATCH_BYTES);
        let fits = is_small && batch.len() < BATCH_MESSAGES && !next.exceeds(max_bytes);
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

#[cfg(test)]
mod tests {
    use super::{Listed, keep_first};

    #[test]
    fn the_first_are_kept_in_whatever_order_they_come() {
        for (uids, kept, has_more) in [
            (&[3, 1, 2, 1][..], &[1, 2, 3][..], false),
            (&[5, 1, 4, 2, 3], &[1, 2, 3], true),
            (&[], &[], false),
        ] {
            let of = |uid: &u32| Listed {
                uid: *uid,
                size: 0,
                arrived: None,
            };
            let mut listed: Vec<_> = uids.iter().map(of).collect();
            assert_eq!(keep_first(&mut listed, 3), has_more, "{uids:?}");
            let left: Vec<_> = listed.iter().map(|next| next.uid).collect();
            assert_eq!(left, kept);
        }
    }
}
