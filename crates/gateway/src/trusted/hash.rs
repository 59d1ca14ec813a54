//! The hash that names a document: SHA-256 of its text, in lower-case hexadecimal digits.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};

/// How GraphQL over HTTP marks such an id (appendix A).
const PREFIX: &str = "sha256:";

/// The hash of a text.
pub(super) fn of(text: &str) -> String {
    let hash = digest(&SHA256, text.as_bytes());
    let mut digits = String::with_capacity(2 * hash.as_ref().len());
    for byte in hash.as_ref() {
        // A String takes every write.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// An id without its mark.
pub(super) fn bare(id: &str) -> &str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    /// The examples of the appendix.
    #[test]
    fn the_hash_is_that_of_the_specification() {
        let spaced = "query ($id: ID!) {\n  user(id: $id) {\n    name\n  }\n}";
        let hash = "7dba4bd717b41f10434822356a93c32b1fb4907b983e854300ad839f84cdcd6e";
        assert_eq!(super::of(spaced), hash);
        let dense = "query($id:ID!){user(id:$id){name}}";
        let hash = "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b";
        assert_eq!(super::of(dense), hash);
        assert_eq!(super::bare(&format!("sha256:{hash}")), hash);
    }
}
