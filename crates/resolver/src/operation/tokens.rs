//! How deep a document's brackets are nested, before it is parsed.
//!
//! The parser and async-graphql's checks walk selections and values recursively and without a limit of
//! their own for values: a filter of some hundred objects inside one another overflows the stack, which
//! ends the process. So brackets are counted in the text, where it costs no stack.

use async_graphql::{Pos, ServerError};

use crate::error::{Code, coded};

/// Brackets of any kind that may be open at once. The deepest query of GraphiQL has 13.
pub const MAX_NESTING: usize = 100;

/// Refuses a document that is nested too deep. What is in strings and comments does not count.
pub(super) fn check(document: &str) -> Result<(), ServerError> {
    if deepest(document.as_bytes()) <= MAX_NESTING {
        return Ok(());
    }
    let message = format!(
        "the document nests brackets more than {MAX_NESTING} deep; send deep values in variables, and ask for less at once"
    );
    Err(coded(Code::ParseFailed, message).into_server_error(Pos::default()))
}

fn deepest(document: &[u8]) -> usize {
    let (mut open, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(byte) = document.get(at) {
        match byte {
            b'{' | b'[' | b'(' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' | b')' => open = open.saturating_sub(1),
            b'#' => at += length(&document[at..], |rest| rest[0] == b'\n' || rest[0] == b'\r'),
            b'"' if document[at..].starts_with(b"\"\"\"") => {
                at += 3;
                at += block_string(&document[at..]);
                continue;
            }
            b'"' => {
                at += 1;
                at += string(&document[at..]);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    deepest
}

/// The bytes before the first place where `ends` holds.
fn length(rest: &[u8], ends: impl Fn(&[u8]) -> bool) -> usize {
    (0..rest.len())
        .find(|place| ends(&rest[*place..]))
        .unwrap_or(rest.len())
}

/// The bytes of a string behind its first quote, its last quote included; it ends with the line.
fn string(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b'\n' | b'\r' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// The bytes of a block string behind its first quotes, its last quotes included.
fn block_string(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"\\\"\"\"") {
            at += 4;
        } else if rest[at..].starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{MAX_NESTING, check, deepest};

    #[test]
    fn brackets_count_where_they_are_syntax() {
        let depth = |text: &str| deepest(text.as_bytes());
        assert_eq!(depth("{ a(b: {c: [1]}) { d } }"), 4);
        assert_eq!(depth(r#"{ a(b: "{{{{ \" {{{{") }"#), 2);
        assert_eq!(depth("{ a # {{{{ }}}}\n { b } }"), 2);
        assert_eq!(depth(r#"{ a(b: """ {{ \""" {{ " """) { c } }"#), 2);
        assert_eq!(depth("\"\"\" {{{{"), 0);
        assert_eq!(depth("\" {{ \n {"), 1);
    }

    #[test]
    fn a_deep_document_is_refused() {
        let document = |depth: usize| "{".repeat(depth) + &"}".repeat(depth);
        assert!(check(&document(MAX_NESTING)).is_ok());
        assert!(check(&document(MAX_NESTING + 1)).is_err());
    }
}
