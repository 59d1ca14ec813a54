//! Signed links: what a mail's pixel, links and unsubscribe line say when they come back, and downloads.
//!
//! A token is base64url of: a byte for the kind, a byte for the key, eight for the expiry if the kind's first
//! bit is set, the ids in 16 bytes each, the URL of a click or what is exported, and the first 16 bytes of HMAC-SHA256 over all
//! before (RFC 2104, section 5). A click carries its URL, so nobody is sent where we did not point.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

const TAG: usize = 16;
const EXPIRES: u8 = 0x80;

/// What a link means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A message was shown.
    Open {
        /// Whose it is.
        tenant: Uuid,
        /// Which.
        message: Uuid,
    },
    /// A link in a message was followed.
    Click {
        /// Whose it is.
        tenant: Uuid,
        /// Which.
        message: Uuid,
        /// Where it leads.
        url: String,
    },
    /// A lead wants no more.
    Unsubscribe {
        /// Whose it is.
        tenant: Uuid,
        /// The message that carried the link.
        message: Uuid,
        /// Who.
        lead: Uuid,
    },
    /// A user gets a file.
    Download {
        /// Whose it is.
        tenant: Uuid,
        /// In whose name it is read.
        user: Uuid,
        /// Which.
        attachment: Uuid,
    },
    /// A user takes something away that is made when it is asked for.
    Export {
        /// Whose it is.
        tenant: Uuid,
        /// In whose name it is read.
        user: Uuid,
        /// What, as a path and its query.
        wanted: String,
    },
}

/// Why a token is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not even the beginning of one.
    #[error("this is no link of ours")]
    Malformed,
    /// Its key was retired, or is another server's.
    #[error("the link's key {0} is not known")]
    UnknownKey(u8),
    /// Somebody changed it, or signed it with another key.
    #[error("the link is not as it was signed")]
    Tampered,
    /// It was good until then.
    #[error("the link expired")]
    Expired,
}

/// Why keys are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeys {
    /// Nothing to sign with.
    #[error("there is no key to sign links with")]
    None,
    /// Guessing is easier than it need be (RFC 2104, section 3).
    #[error("the key {0} has less than 32 bytes")]
    Short(u8),
    /// Two of them.
    #[error("there are two keys of the number {0}")]
    Repeated(u8),
}

/// Signs and reads links. The first key signs; the others read what they signed, until they are left out.
#[derive(Debug)]
pub struct Keys(Vec<(u8, hmac::Key)>);

impl Keys {
    /// Keys with their numbers, which tokens carry.
    pub fn new<'a>(keys: impl IntoIterator<Item = (u8, &'a [u8])>) -> Result<Self, BadKeys> {
        let mut known: Vec<(u8, hmac::Key)> = Vec::new();
        for (number, bytes) in keys {
            if bytes.len() < 32 {
                return Err(BadKeys::Short(number));
            }
            if known.iter().any(|(other, _)| *other == number) {
                return Err(BadKeys::Repeated(number));
            }
            known.push((number, hmac::Key::new(hmac::HMAC_SHA256, bytes)));
        }
        if known.is_empty() {
            return Err(BadKeys::None);
        }
        Ok(Self(known))
    }

    /// A token that fits into a path: letters, digits, `-` and `_`.
    pub fn sign(&self, link: &Link, expires: Option<DateTime<Utc>>) -> String {
        let (number, key) = &self.0[0];
        let (kind, ids, url) = link.parts();
        let mut token = match expires {
            Some(expires) => {
                let mut token = vec![kind | EXPIRES, *number];
                token.extend(expires.timestamp().to_be_bytes());
                token
            }
            None => vec![kind, *number],
        };
        ids.iter().for_each(|id| token.extend(id.as_bytes()));
        token.extend(url.as_bytes());
        let tag = hmac::sign(key, &token);
        token.extend(&tag.as_ref()[..TAG]);
        URL_SAFE_NO_PAD.encode(token)
    }

    /// What a token means, at a time.
    pub fn read(&self, token: &str, now: DateTime<Utc>) -> Result<Link, Refused> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .map_err(|_| Refused::Malformed)?;
        let (signed, tag) = bytes.split_last_chunk::<TAG>().ok_or(Refused::Malformed)?;
        let [kind, number, rest @ ..] = signed else {
            return Err(Refused::Malformed);
        };
        let key = self.0.iter().find(|(known, _)| known == number);
        let (_, key) = key.ok_or(Refused::UnknownKey(*number))?;
        let expected = hmac::sign(key, signed);
        verify_slices_are_equal(&expected.as_ref()[..TAG], tag).map_err(|_| Refused::Tampered)?;
        let rest = match kind & EXPIRES {
            0 => rest,
            _ => unexpired(rest, now)?,
        };
        Link::of(kind & !EXPIRES, rest).ok_or(Refused::Malformed)
    }
}

/// What stands behind the expiry.
fn unexpired(rest: &[u8], now: DateTime<Utc>) -> Result<&[u8], Refused> {
    let (expires, rest) = rest.split_first_chunk::<8>().ok_or(Refused::Malformed)?;
    if now.timestamp() >= i64::from_be_bytes(*expires) {
        return Err(Refused::Expired);
    }
    Ok(rest)
}

impl Link {
    /// The kind's number, the ids, and what stands behind them.
    fn parts(&self) -> (u8, Vec<Uuid>, &str) {
        match self {
            Self::Open { tenant, message } => (1, vec![*tenant, *message], ""),
            Self::Click {
                tenant,
                message,
                url,
            } => (2, vec![*tenant, *message], url),
            Self::Unsubscribe {
                tenant,
                message,
                lead,
            } => (3, vec![*tenant, *message, *lead], ""),
            Self::Download {
                tenant,
                user,
                attachment,
            } => (4, vec![*tenant, *user, *attachment], ""),
            Self::Export {
                tenant,
                user,
                wanted,
            } => (5, vec![*tenant, *user], wanted),
        }
    }

    fn of(kind: u8, rest: &[u8]) -> Option<Self> {
        let (ids, _) = rest.as_chunks::<16>();
        let id = |number: usize| ids.get(number).copied().map(Uuid::from_bytes);
        let (tenant, second) = (id(0)?, id(1)?);
        let length = |expected: usize| (rest.len() == expected).then_some(());
        Some(match kind {
            1 => {
                length(32)?;
                Self::Open {
                    tenant,
                    message: second,
                }
            }
            2 => Self::Click {
                tenant,
                message: second,
                url: std::str::from_utf8(&rest[32..]).ok()?.to_owned(),
            },
            3 => {
                length(48)?;
                Self::Unsubscribe {
                    tenant,
                    message: second,
                    lead: id(2)?,
                }
            }
            4 => {
                length(48)?;
                Self::Download {
                    tenant,
                    user: second,
                    attachment: id(2)?,
                }
            }
            5 => Self::Export {
                tenant,
                user: second,
                wanted: std::str::from_utf8(&rest[32..]).ok()?.to_owned(),
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: (u8, &[u8]) = (1, &[1; 32]);
    const NEW: (u8, &[u8]) = (2, &[2; 32]);

    fn keys(keys: &[(u8, &'static [u8])]) -> Keys {
        Keys::new(keys.iter().copied()).expect("good keys")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    fn open() -> Link {
        Link::Open {
            tenant: Uuid::from_u128(1),
            message: Uuid::from_u128(2),
        }
    }

    #[test]
    fn keys_are_rotated() {
        let token = keys(&[OLD]).sign(&open(), None);
        assert_eq!(keys(&[NEW, OLD]).read(&token, at(0)), Ok(open()));
        assert_eq!(
            keys(&[NEW]).read(&token, at(0)),
            Err(Refused::UnknownKey(1))
        );
        let other = keys(&[(1, &[3; 32])]);
        assert_eq!(other.read(&token, at(0)), Err(Refused::Tampered));
        assert_eq!(
            keys(&[NEW, OLD]).sign(&open(), None),
            keys(&[NEW]).sign(&open(), None)
        );
    }

    #[test]
    fn links_expire() {
        let keys = keys(&[NEW]);
        let token = keys.sign(&open(), Some(at(100)));
        assert_eq!(keys.read(&token, at(99)), Ok(open()));
        assert_eq!(keys.read(&token, at(100)), Err(Refused::Expired));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(Keys::new([]).err(), Some(BadKeys::None));
        assert_eq!(
            Keys::new([(7, &[0; 31][..])]).err(),
            Some(BadKeys::Short(7))
        );
        assert_eq!(Keys::new([OLD, OLD]).err(), Some(BadKeys::Repeated(1)));
    }

    #[test]
    fn tokens_are_short() {
        assert_eq!(keys(&[NEW]).sign(&open(), None).len(), 67);
    }

    fn links() -> impl Strategy<Value = Link> {
        let ids = any::<[u128; 3]>().prop_map(|ids| ids.map(Uuid::from_u128));
        (ids, 0..5, any::<String>()).prop_map(|([tenant, second, third], kind, url)| match kind {
            0 => Link::Open {
                tenant,
                message: second,
            },
            1 => Link::Click {
                tenant,
                message: second,
                url,
            },
            2 => Link::Unsubscribe {
                tenant,
                message: second,
                lead: third,
            },
            3 => Link::Export {
                tenant,
                user: second,
                wanted: url,
            },
            _ => Link::Download {
                tenant,
                user: second,
                attachment: third,
            },
        })
    }

    proptest! {
        #[test]
        fn what_is_signed_is_read(link in links(), expires in proptest::option::of(1_i64..4_000_000_000)) {
            let keys = keys(&[NEW, OLD]);
            let token = keys.sign(&link, expires.map(at));
            prop_assert_eq!(keys.read(&token, at(0)), Ok(link));
        }

        #[test]
        fn no_bit_can_be_changed(link in links(), at_byte: proptest::sample::Index, bit in 0..8) {
            let keys = keys(&[NEW, OLD]);
            let mut bytes = URL_SAFE_NO_PAD.decode(keys.sign(&link, None)).expect("base64url");
            let place = at_byte.index(bytes.len());
            bytes[place] ^= 1_u8 << bit;
            let refused = keys.read(&URL_SAFE_NO_PAD.encode(bytes), at(0));
            prop_assert!(matches!(refused, Err(Refused::Tampered | Refused::UnknownKey(_))));
        }

        #[test]
        fn nothing_makes_it_panic(token in "[a-zA-Z0-9_=-]{0,120}") {
            prop_assert!(keys(&[NEW]).read(&token, at(0)).is_err());
        }
    }
}
