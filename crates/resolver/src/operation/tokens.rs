//! How large a document is, and how deep its brackets are nested, before it is parsed.
//!
//! The parser and async-graphql's checks walk selections and values recursively and without a limit of
//! their own for values: a filter of some hundred objects inside one another overflows the stack, which
//! ends the process. So brackets and tokens are counted in the text, where it costs neither stack nor
//! memory; what is no GraphQL is the parser's to say.

use async_graphql::ServerError;

use super::limits::{Limit, Limits, too_large};

/// Brackets of any kind that may be open at once. The deepest query of GraphiQL has 13.
pub const MAX_NESTING: usize = 100;
/// Bytes of a name. Suggestions compare it with every name of a type, letter by letter.
const MAX_NAME: usize = 256;

/// Refuses a document that is too long, or nested too deep. What is in strings and comments does not count.
pub(super) fn check(document: &str, limits: &Limits) -> Result<(), ServerError> {
    Limit::Bytes.check(document.len(), limits.bytes)?;
    let mut reader = Reader {
        document: document.as_bytes(),
        at: 0,
    };
    let (mut tokens, mut open) = (0, 0_usize);
    while let Some(token) = reader.next() {
        tokens += 1;
        match token {
            Token::Open => open += 1,
            Token::Close => open = open.saturating_sub(1),
            Token::Name(length) if length > MAX_NAME => return Err(long_name()),
            Token::Name(_) | Token::Other => {}
        }
        if open > MAX_NESTING {
            return Err(nested());
        }
        Limit::Tokens.check(tokens, limits.tokens)?;
    }
    Ok(())
}

fn nested() -> ServerError {
    let message = format!(
        "the document nests brackets more than {MAX_NESTING} deep; send deep values in variables, and ask for less at once"
    );
    too_large(message, "nesting", MAX_NESTING)
}

fn long_name() -> ServerError {
    let message =
        format!("the document has a name of more than {MAX_NAME} bytes; use a shorter one");
    too_large(message, "nameBytes", MAX_NAME)
}

/// What is told apart of the lexical tokens (section 2.1 of the specification).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    /// So many bytes long.
    Name(usize),
    Other,
}

struct Reader<'d> {
    document: &'d [u8],
    at: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = &self.document[self.at..];
            let (token, length) = match rest.first()? {
                b' ' | b'\t' | b'\n' | b'\r' | b',' => (None, 1),
                // The mark of the byte order.
                0xef if rest.starts_with(b"\xef\xbb\xbf") => (None, 3),
                b'#' => (None, length(rest, |byte| !matches!(byte, b'\n' | b'\r'))),
                b'{' | b'[' | b'(' => (Some(Token::Open), 1),
                b'}' | b']' | b')' => (Some(Token::Close), 1),
                b'.' => (Some(Token::Other), length(rest, |byte| byte == b'.').min(3)),
                b'"' if rest.starts_with(b"\"\"\"") => {
                    (Some(Token::Other), 3 + block_string(&rest[3..]))
                }
                b'"' => (Some(Token::Other), 1 + string(&rest[1..])),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                    let length = length(rest, |byte| byte == b'_' || byte.is_ascii_alphanumeric());
                    (Some(Token::Name(length)), length)
                }
                b'-' | b'0'..=b'9' => (Some(Token::Other), number(rest)),
                _ => (Some(Token::Other), 1),
            };
            self.at += length;
            if token.is_some() {
                return token;
            }
        }
    }
}

/// The bytes before the first that does not belong.
fn length(rest: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    let mut bytes = rest.iter();
    bytes.position(|byte| !belongs(*byte)).unwrap_or(rest.len())
}

fn number(rest: &[u8]) -> usize {
    1 + length(&rest[1..], |byte| {
        matches!(byte, b'+' | b'-' | b'.') || byte.is_ascii_alphanumeric()
    })
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
    use super::{Limits, MAX_NAME, MAX_NESTING, Reader, Token, check};

    fn tokens(document: &str) -> Vec<Token> {
        let mut reader = Reader {
            document: document.as_bytes(),
            at: 0,
        };
        std::iter::from_fn(|| reader.next()).collect()
    }

    fn opened(document: &str) -> usize {
        let tokens = tokens(document).into_iter();
        tokens.filter(|token| *token == Token::Open).count()
    }

    #[test]
    fn brackets_count_where_they_are_syntax() {
        assert_eq!(opened("{ a(b: {c: [1]}) { d } }"), 5);
        assert_eq!(opened(r#"{ a(b: "{{{{ \" {{{{") }"#), 2);
        assert_eq!(opened("{ a # {{{{ }}}}\n { b } }"), 2);
        assert_eq!(opened(r#"{ a(b: """ {{ \""" {{ " """) { c } }"#), 3);
        assert_eq!(opened("\"\"\" {{{{"), 0);
        assert_eq!(opened("\" {{ \n {"), 1);
        assert_eq!(opened("\"\\"), 0);
    }

    #[test]
    fn tokens_are_those_of_the_specification() {
        let count = |document: &str| tokens(document).len();
        assert_eq!(count("{ a }"), 3);
        assert_eq!(count("query Q($n: Int! = 3) @d { ...F a: b(c: $n) }"), 26);
        assert_eq!(count("[-1.5e+10, 2,,, \"x y\" \"\"\"a\nb\"\"\"]"), 6);
        assert_eq!(count("\u{feff}# nothing\r\n, \t"), 0);
        assert_eq!(count("{ ... on A { b } }"), 8);
        assert_eq!(count("ü"), 2, "what is no token is told by the parser");
    }

    #[test]
    fn a_deep_or_long_document_is_refused() {
        let accepted = |document: &str| check(document, &Limits::default()).is_ok();
        let nested = |depth: usize| "{".repeat(depth) + &"}".repeat(depth);
        assert!(accepted(&nested(MAX_NESTING)));
        assert!(!accepted(&nested(MAX_NESTING + 1)));
        let tokens = Limits::default().tokens;
        assert!(accepted(&"a ".repeat(tokens)));
        assert!(!accepted(&"a ".repeat(tokens + 1)));
        assert!(accepted(&"a".repeat(MAX_NAME)));
        assert!(!accepted(&"a".repeat(MAX_NAME + 1)));
        let bytes = Limits::default().bytes;
        assert!(accepted(&" ".repeat(bytes)));
        assert!(!accepted(&" ".repeat(bytes + 1)));
    }
}
