//! Who one is to a server.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// A user and a password; `Debug` shows the user alone.
#[derive(Clone)]
pub struct Credentials {
    /// The name to sign in with, often an address.
    pub user: String,
    /// What proves it.
    pub password: SecretString,
}

impl Credentials {
    /// These, to sign in with.
    pub fn new(user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            user: user.into(),
            password: password.into(),
        }
    }

    pub(crate) fn is(&self, user: &str, password: &str) -> bool {
        self.user == user && self.password.expose_secret() == password
    }
}

impl PartialEq for Credentials {
    fn eq(&self, other: &Self) -> bool {
        self.is(&other.user, other.password.expose_secret())
    }
}

impl Eq for Credentials {}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
