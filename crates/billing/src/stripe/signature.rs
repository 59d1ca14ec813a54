//! Whether a webhook is Stripe's: <https://docs.stripe.com/webhooks#verify-manually>.

use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

/// How old, or how far ahead, a signature may be: Stripe's own libraries' five minutes.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The secrets that webhooks are signed with: while one is replaced by another, both.
#[derive(Clone, Debug)]
pub struct Secrets(Vec<hmac::Key>);

/// There is no secret in a list of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no secret is given")]
pub struct NoSecret;

/// Why a signature is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// There is none, or not in Stripe's form.
    #[error("the header Stripe-Signature is missing, or is not `t=…,v1=…`")]
    Malformed,
    /// It was made too long ago, or is of a time to come.
    #[error(
        "the signature's time is more than five minutes away; have the event sent again, or set the clock"
    )]
    Stale,
    /// It is of something else, or by somebody else.
    #[error("the signature is not that of the body by a secret that is known here")]
    Wrong,
}

impl Secrets {
    /// Reads secrets that are separated by commas.
    ///
    /// # Errors
    /// [`NoSecret`].
    pub fn parse(given: &SecretString) -> Result<Self, NoSecret> {
        let secrets = given.expose_secret().split(',').map(str::trim);
        let secrets = secrets.filter(|secret| !secret.is_empty());
        let keys: Vec<_> = secrets
            .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
            .collect();
        if keys.is_empty() {
            return Err(NoSecret);
        }
        Ok(Self(keys))
    }

    /// Checks the header `Stripe-Signature` of a body, byte for byte as it came.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn check(&self, header: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), BadSignature> {
        let signed = Signed::parse(header).ok_or(BadSignature::Malformed)?;
        let at = DateTime::from_timestamp(signed.at, 0).ok_or(BadSignature::Malformed)?;
        let message = [signed.at_text.as_bytes(), b".", body].concat();
        let is_ours = signed.tags.iter().any(|tag| {
            // Of the same length of time, whatever is wrong with the tag.
            let mut keys = self.0.iter();
            keys.any(|key| hmac::verify(key, &message, tag).is_ok())
        });
        if !is_ours {
            return Err(BadSignature::Wrong);
        }
        if (now - at).abs() > TOLERANCE {
            return Err(BadSignature::Stale);
        }
        Ok(())
    }
}

/// What the header says.
struct Signed<'h> {
    at: i64,
    /// As it was written, for that is what was signed.
    at_text: &'h str,
    tags: Vec<Vec<u8>>,
}

impl<'h> Signed<'h> {
    /// Schemes other than `v1` are passed over, as Stripe asks.
    fn parse(header: &'h str) -> Option<Self> {
        let (mut at_text, mut tags) = (None, Vec::new());
        for part in header.split(',') {
            match part.trim().split_once('=')? {
                ("t", time) => at_text = Some(time),
                ("v1", tag) => tags.extend(from_hex(tag)),
                _ => {}
            }
        }
        let at_text = at_text?;
        let at = at_text.parse().ok()?;
        (!tags.is_empty()).then_some(Self { at, at_text, tags })
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let bytes = digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]);
    bytes.map(|byte| u8::try_from(byte).ok()).collect()
}
