//! Who asks: credentials in, identities out.
//!
//! A bearer token is a JSON Web Token of an [identity provider](settings) whose public keys the gateway gets from a
//! URL or a file, or, for development, one that the gateway signed with a [key of its own](key); or the [key of an
//! internal tool](api_keys). What a token must say is in [`rules`]; tokens that were [verified] are known until they
//! expire. Whether the user is a live member is asked of the database each time, so a token only says whom it is for.
//!
//! The [`door`] has all of it together, and counts [`failures`].

mod api_keys;
mod door;
mod error;
mod event;
mod failures;
mod key;
mod keys;
mod provider;
mod rules;
mod settings;
mod token;
mod verified;

use api_keys::ApiKeys;
pub(crate) use door::{Door, MOST_OF_A_MEMBER, TurnedAway};
pub use error::TokenError;
pub use event::{LoggedEvents, SecurityEvent, SecurityEventKind, SecurityEvents};
pub(crate) use failures::{Verdict, subscriber};
pub(crate) use key::{KEY_FILE, LINK_KEY_FILE, secret_of_folder};
pub use key::{KeyError, TokenKey};
pub use keys::KeySetError;
pub use rules::ClaimNames;
pub use settings::{TokenAlgorithm, TokenSettings, Trust, TrustError};
pub use token::Claims;
pub(crate) use verified::Tokens;
