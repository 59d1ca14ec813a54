//! What servers say, as far as it is kept.

/// The most characters of what a server says that come into an error or a log: enough for any reason, and no room for more.
const LONGEST: usize = 500;

/// The beginning of what a server has said; a longer one ends in an ellipsis.
pub(crate) fn excerpt(said: &str) -> String {
    match said.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, excerpt};

    #[test]
    fn what_is_longer_is_cut_between_characters() {
        let short = "ä".repeat(LONGEST);
        assert_eq!(excerpt(&short), short);
        assert_eq!(excerpt(&format!("{short}b")), format!("{short}…"));
    }
}
