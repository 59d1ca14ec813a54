//! What the server says.

use std::{borrow::Cow, fmt};

/// A reply of one line (RFC 5321, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Three digits: 2xx is done, 3xx go on, 4xx try later, 5xx never.
    pub code: u16,
    /// The rest of the line; begins with an enhanced status code (RFC 2034) where there is one.
    pub text: Cow<'static, str>,
}

impl Reply {
    /// A reply of this code and text, such as `Reply::new(550, "5.1.1 no such mailbox")`.
    pub fn new(code: u16, text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { code, text }
    }

    pub(super) fn done(text: &'static str) -> Self {
        Self::new(250, text)
    }

    pub(super) fn is_refusal(&self) -> bool {
        self.code >= 400
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}\r\n", self.code, self.text)
    }
}
