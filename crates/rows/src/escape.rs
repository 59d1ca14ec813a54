//! The characters of a string that JSON does not take as they are.

use std::fmt::Write;

/// Quotes, backslashes and control characters; all of them a byte.
fn is_special(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

/// Whether a string has nothing to escape. Looks at all bytes without a branch, which is quicker than
/// to stop at the first.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.bytes();
    !bytes.fold(false, |found, byte| found | is_special(byte))
}

/// Puts a string behind what is there, with escapes as serde_json writes them.
pub(crate) fn escape(text: &str, json: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_special) {
        json.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'"' => json.push_str("\\\""),
            b'\\' => json.push_str("\\\\"),
            b'\n' => json.push_str("\\n"),
            b'\r' => json.push_str("\\r"),
            b'\t' => json.push_str("\\t"),
            8 => json.push_str("\\b"),
            12 => json.push_str("\\f"),
            control => {
                write!(json, "\\u{control:04x}").expect("a string takes all that is written to it")
            }
        }
        rest = &rest[at + 1..];
    }
    json.push_str(rest);
}
