//! Where a match stands: how well it matches, and the message's id, which breaks ties.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::id::{EmailMessageId, TypedId};
use uuid::Uuid;

use crate::error::{ClientError, Code};

/// A place among the matches. As a cursor it is base64url of the rank's four bytes and the id's sixteen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Position {
    pub(super) rank: f32,
    pub(super) message: EmailMessageId,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 20];
        let (rank, message) = bytes.split_at_mut(4);
        rank.copy_from_slice(&self.rank.to_be_bytes());
        message.copy_from_slice(self.message.into_raw().as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Position {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        read(text).ok_or_else(|| {
            ClientError::new(
                Code::InvalidCursor,
                "the cursor was not made by a search; use `endCursor` of its `pageInfo`",
            )
        })
    }
}

fn read(text: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (rank, message) = bytes.split_first_chunk::<4>()?;
    let rank = f32::from_be_bytes(*rank);
    let message = Uuid::from_slice(message).ok()?;
    rank.is_finite().then(|| Position {
        rank,
        message: EmailMessageId::from_raw(message),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_as_it_was_written() {
        let position = Position {
            rank: 0.607_927_1,
            message: EmailMessageId::from_raw(Uuid::now_v7()),
        };
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn other_texts_are_no_cursors() {
        let not_finite = URL_SAFE_NO_PAD.encode([0xff; 20]);
        for text in ["", "Zm9v", "not a cursor", &not_finite] {
            assert!(text.parse::<Position>().is_err(), "{text:?}");
        }
    }
}
