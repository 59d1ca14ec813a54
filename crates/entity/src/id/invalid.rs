//! Why a text is no id.

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// An id of another kind.
    #[error("expected an id that starts with `{expected}_`, but this one starts with `{given}_`")]
    Prefix {
        /// The prefix of the wanted kind.
        expected: &'static str,
        /// The prefix found, shortened if long.
        given: String,
    },
    /// No id at all.
    #[error("`{given}` is not an id: expected `{expected}_` followed by {form}")]
    Format {
        /// The prefix of the wanted kind.
        expected: &'static str,
        /// The text found, shortened if long.
        given: String,
        /// What should stand there, in words.
        form: &'static str,
    },
}

impl InvalidId {
    pub(super) fn prefix(expected: &'static str, given: &str) -> Self {
        let given = shorten(given);
        Self::Prefix { expected, given }
    }

    pub(super) fn format(expected: &'static str, given: &str, form: &'static str) -> Self {
        let given = shorten(given);
        Self::Format {
            expected,
            given,
            form,
        }
    }
}

/// Input comes back in error messages, so a message must not be as long as the input can be.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(LONGEST).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short
}
