//! The codes of errors, as properties.

use super::Property;

/// The code of an error that a client may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(&'static str);

/// What is no code of ours.
const OTHER: &str = "OTHER";

/// Those that README.md lists, and [`OTHER`].
const CODES: &[&str] = &[
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "DOCUMENT_TOO_LARGE",
    "COST_EXCEEDED",
    "DOCUMENT_NOT_TRUSTED",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
    "BAD_USER_INPUT",
    "INVALID_ID",
    "INVALID_CURSOR",
    "FORBIDDEN",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "IN_USE",
    "STALE",
    "ILLEGAL_TRANSITION",
    "CAMPAIGN_INCOMPLETE",
    "PLAN_LIMIT_EXCEEDED",
    "TOO_MANY_ROWS",
    "LAST_OWNER",
    "MIXED_TIERS",
    "TRANSACTION_ABORTED",
    "TRANSACTION_CONFLICT",
    "STATEMENT_TIMEOUT",
    "EVENTS_LOST",
    "TOO_MANY_OPERATIONS",
    "LINK_EXPIRED",
    "UNAUTHENTICATED",
    "TOO_MANY_ATTEMPTS",
    "REQUEST_TIMEOUT",
    "RATE_LIMITED",
    "UNAVAILABLE",
    "BUSY",
    "COMMIT_FAILED",
    "BAD_REQUEST",
    "BAD_SIGNATURE",
    "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE",
    "PAYLOAD_TOO_LARGE",
    "RESPONSE_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "INTERNAL_ERROR",
    OTHER,
];

impl Code {
    /// The code of that text; of all texts that are no code the same one, so that no text becomes a property.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let known = CODES.iter().find(|code| **code == text);
        Self(known.copied().unwrap_or(OTHER))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl Property for Code {
    const TYPE: &'static str = "word";
    const WORDS: &'static [&'static str] = CODES;

    fn value(self) -> serde_json::Value {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Code, OTHER};

    /// A code is added to README.md with a test of its own, and here because of this one.
    #[test]
    fn the_codes_are_those_of_the_readme() {
        let readme = include_str!("../../../../README.md");
        let (_, table) = readme
            .split_once("| code | means |")
            .expect("the table of codes");
        let (table, _) = table.split_once("\n\n").expect("its end");
        let cells = table
            .lines()
            .skip(2)
            .filter_map(|row| row.split(" | ").next());
        let mut told: Vec<&str> = cells
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .filter(|word| {
                word.bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_uppercase())
            })
            .collect();
        let mut known: Vec<&str> = CODES
            .iter()
            .copied()
            .filter(|code| *code != OTHER)
            .collect();
        told.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, told);
    }

    #[test]
    fn what_is_no_code_is_not_told() {
        assert_eq!(Code::of("lead@x.test").as_str(), OTHER);
        assert_eq!(Code::of("BUSY").as_str(), "BUSY");
    }
}
