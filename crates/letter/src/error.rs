//! What is wrong with a template or a condition, and where.

use minijinja::ErrorKind;
use std::fmt;

/// A part of what a tenant wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A template's subject.
    Subject,
    /// A template's content.
    Content,
    /// A step's `send_condition`.
    Condition,
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Subject => "subject",
            Self::Content => "content",
            Self::Condition => "condition",
        })
    }
}

/// Why nothing is rendered. A user may read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}, line {line}: {problem}")]
pub struct RenderError {
    /// Where.
    pub field: Field,
    /// From 1; 1 also where the problem has no line.
    pub line: usize,
    /// What.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// This lead has no such thing.
    #[error(
        "{variable} has no value; say what stands there instead: {{{{ {variable}|default(\"…\") }}}}"
    )]
    Missing {
        /// Its name.
        variable: String,
    },

    /// No lead has such a thing.
    #[error("there is no variable {variable}; there are {}", crate::NAMES.join(", "))]
    Unknown {
        /// Its name.
        variable: String,
    },

    /// A condition is asked of a lead alone.
    #[error("a condition has no variable {variable}; there are {}", crate::OF_LEAD.join(", "))]
    NotOfLead {
        /// Its name.
        variable: String,
    },

    /// `company` next to `company.name`.
    #[error(
        "company is the lead's and company.name the campaign's; write lead.company for the lead's"
    )]
    TwoCompanies,

    /// It is no template, or uses what there is not.
    #[error("{0}")]
    Syntax(String),

    /// It runs too long, or writes too much.
    #[error("it takes too long, or becomes larger than {} bytes", crate::OUTPUT)]
    TooMuch,

    /// What could begin another header (RFC 5322, section 2.2).
    #[error("a subject is one line; leave out line breaks and other control characters")]
    LineBreak,

    /// Nothing is left of the subject.
    #[error("it is empty")]
    Empty,

    /// More elements open at once than any layout needs.
    #[error(
        "more than {} elements of HTML stand in one another; close them",
        crate::content::DEPTH
    )]
    TooDeep,

    /// No text can be made of the HTML.
    #[error("{0}")]
    Html(String),
}

impl RenderError {
    pub(crate) fn new(field: Field, line: usize, problem: Problem) -> Self {
        Self {
            field,
            line,
            problem,
        }
    }

    pub(crate) fn of(field: Field, source: &str, error: &minijinja::Error) -> Self {
        let range = error.range().unwrap_or_default();
        let before = source.get(..range.start).unwrap_or_default();
        let line = error.line().unwrap_or(before.matches('\n').count() + 1);
        let problem = match error.kind() {
            ErrorKind::UndefinedError => {
                let variable = source.get(range).unwrap_or_default().to_owned();
                match crate::variables::is_known(&variable) {
                    true => Problem::Missing { variable },
                    false => Problem::Unknown { variable },
                }
            }
            ErrorKind::OutOfFuel | ErrorKind::WriteFailure => Problem::TooMuch,
            kind => Problem::Syntax(match error.detail() {
                Some(detail) => detail.to_owned(),
                None => kind.to_string(),
            }),
        };
        Self::new(field, line, problem)
    }
}
