//! An error that a client may read.

use std::fmt::Display;

use async_graphql::{ErrorExtensionValues, ServerError, Value};

use super::Code;

/// An error that a client may read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ClientError {
    code: Code,
    message: String,
    details: Vec<(&'static str, Value)>,
}

impl ClientError {
    /// An error with its stable code and a sentence that says what to do.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// An argument's value that can not be used.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Code::BadUserInput, message)
    }

    /// A fault of the value at `path`: the message begins with the path, `extensions.argument` is
    /// the path (`input.steps.2.subjectOverride`). `problem` goes on after the name: "is …".
    pub(crate) fn at(code: Code, path: impl Display, problem: impl Display) -> Self {
        Self::new(code, format!("`{path}` {problem}")).with("argument", path.to_string())
    }

    /// The same with one more value among the error's extensions.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The error with this one's code and details in its extensions.
    pub(super) fn extend(self, mut error: ServerError) -> ServerError {
        let extensions: &mut ErrorExtensionValues = error.extensions.get_or_insert_default();
        extensions.set("code", self.code.as_str());
        for (name, value) in self.details {
            extensions.set(name, value);
        }
        error
    }
}
