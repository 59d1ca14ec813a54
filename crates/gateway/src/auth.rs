//! Who asks: tokens in, identities out.
//!
//! Tokens are HS256 signed with one key, which is for development and for a trusted issuer beside
//! the gateway. Whether the user is a live member is asked of the database each time, so a token
//! only says whom it is for.

mod key;
mod token;
mod verified;

pub(crate) use key::KEY_FILE;
pub use key::{KeyError, TokenKey};
pub use token::{Claims, TokenError};
pub(crate) use verified::Tokens;
