//! The keys that links are signed with.
//!
//! They are of the platform, not of a tenant: a link says itself whose it is. All gateways in front of the same databases
//! need the same ones.

use std::sync::Arc;

use mail::link::{BadKeys, Keys};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    auth::{KeyError, LINK_KEY_FILE, secret_of_folder},
    settings::Config,
};

/// Why links can not be signed.
#[derive(Debug, thiserror::Error)]
pub enum LinkKeyError {
    /// There is none, or not one that is good.
    #[error(
        "GATEWAY_LINK_KEY is no list of keys: {0}; give `2:new secret,1:old secret`, each of 32 bytes or more (`openssl rand \
         -base64 48` makes one)"
    )]
    Bad(#[from] BadKeys),
    /// The file of the data folder can not be read or made.
    #[error("links can not be signed: {0}; or set GATEWAY_LINK_KEY")]
    File(#[from] KeyError),
}

/// The keys that were given, or that of the data folder, which is made at its first use.
pub(crate) fn keys(config: &Config) -> Result<Arc<Keys>, LinkKeyError> {
    let given = match &config.link_key {
        Some(given) => given.clone(),
        None => secret_of_folder(&config.data_dir, LINK_KEY_FILE)?,
    };
    Ok(Arc::new(read(&given)?))
}

/// Reads `2:new secret,1:old secret`. One without a number has the number 0.
fn read(given: &SecretString) -> Result<Keys, BadKeys> {
    let keys = given.expose_secret().split(',').map(str::trim);
    let keys = keys.filter(|key| !key.is_empty()).map(|key| {
        let numbered = key.split_once(':');
        let numbered = numbered.and_then(|(number, key)| Some((number.parse().ok()?, key)));
        let (number, secret) = numbered.unwrap_or((0, key));
        (number, secret.as_bytes())
    });
    Keys::new(keys)
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use mail::link::{Link, Refused};
    use uuid::Uuid;

    use super::*;

    const OLD: &str = "an old secret that is long enough for it";
    const NEW: &str = "a new secret that is long enough for it";

    #[test]
    fn the_first_key_signs_and_the_others_still_read() {
        let keys = |text: String| read(&text.into()).expect("keys");
        let link = Link::Open {
            tenant: Uuid::now_v7(),
            message: Uuid::now_v7(),
        };
        let old = keys(OLD.to_owned()).sign(&link, None);
        let both = keys(format!("1:{NEW}, 0:{OLD}"));
        assert_eq!(both.read(&old, Utc::now()).as_ref(), Ok(&link));
        let new = both.sign(&link, None);
        let retired = keys(OLD.to_owned()).read(&new, Utc::now());
        assert_eq!(retired, Err(Refused::UnknownKey(1)));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (text, why) in [
            (String::new(), BadKeys::None),
            ("1:short".to_owned(), BadKeys::Short(1)),
            (format!("{OLD},{NEW}"), BadKeys::Repeated(0)),
        ] {
            assert_eq!(read(&text.into()).expect_err("no keys"), why);
        }
    }
}
