//! What is wrong with a template, and where.

use minijinja::ErrorKind;
use std::fmt;

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The subject.
    Subject,
    /// The HTML.
    Html,
    /// The plain text.
    Text,
    /// What is asked before it is sent.
    Condition,
}

impl Part {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Html => "html",
            Self::Text => "text",
            Self::Condition => "condition",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A place in a part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which part.
    pub part: Part,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Place {
    pub(super) fn of(part: Part, source: &str, at: usize) -> Self {
        let before = source.get(..at).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            part,
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, line, column } = self;
        write!(formatter, "{part}, line {line}, column {column}")
    }
}

/// Why a template is not rendered. A user may read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// This lead has no such thing.
    #[error(
        "{place}: {variable} has no value; say what stands there instead: {{{{ {variable}|default(\"…\") }}}}"
    )]
    Missing {
        /// Where.
        place: Place,
        /// Its name.
        variable: String,
    },

    /// No lead has such a thing.
    #[error("{part}: there is no variable {variable}; there are {}", super::VARIABLES.join(", "))]
    Unknown {
        /// Where.
        part: Part,
        /// Its name.
        variable: String,
    },

    /// A statement that is not offered.
    #[error("{place}: `{statement}` can not be used; `if` and `for` can")]
    Statement {
        /// Where.
        place: Place,
        /// Its name.
        statement: String,
    },

    /// It is no template.
    #[error("{place}: {message}")]
    Syntax {
        /// Where.
        place: Place,
        /// What the engine says.
        message: String,
    },

    /// It runs too long, or writes too much.
    #[error(
        "{part}: it takes too long, or becomes larger than {} bytes",
        super::OUTPUT
    )]
    TooMuch {
        /// Where.
        part: Part,
    },

    /// Nothing is left of the subject.
    #[error("subject: it is empty")]
    NoSubject,

    /// Neither text nor HTML.
    #[error("a template needs text or HTML")]
    NoBody,

    /// The HTML can not be made text of, or its links not be found.
    #[error("html: {0}")]
    Html(String),
}

impl Error {
    pub(super) fn of(part: Part, source: &str, error: &minijinja::Error) -> Self {
        let range = error.range().unwrap_or_default();
        let place = Place::of(part, source, range.start);
        match error.kind() {
            ErrorKind::UndefinedError => Self::Missing {
                place,
                variable: source.get(range).unwrap_or_default().to_owned(),
            },
            ErrorKind::OutOfFuel | ErrorKind::WriteFailure => Self::TooMuch { part },
            kind => Self::Syntax {
                place,
                message: error
                    .detail()
                    .map_or_else(|| kind.to_string(), str::to_owned),
            },
        }
    }
}
