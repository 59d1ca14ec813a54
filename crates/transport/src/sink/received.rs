//! A message that was accepted.

use chrono::{DateTime, SecondsFormat, Utc};

/// A message as it was accepted; its bytes are those that were sent, with no header added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// When its last dot had come.
    pub at: DateTime<Utc>,
    /// The address of `MAIL`; empty is the null sender of bounces.
    pub from: String,
    /// The addresses of `RCPT` that were taken, in their order.
    pub to: Vec<String>,
    /// Header and body, without dot-stuffing.
    pub bytes: Vec<u8>,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Who had signed in.
    pub user: Option<String>,
}

impl Received {
    /// What is between the angle brackets of `Message-ID`, if the header has one.
    #[must_use]
    pub fn message_id(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let header = text.split("\r\n\r\n").next()?;
        // A folded line begins with white space (RFC 5322, section 2.2.3).
        let unfolded = header.replace("\r\n ", " ").replace("\r\n\t", " ");
        let value = unfolded.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim_end()
                .eq_ignore_ascii_case("message-id")
                .then_some(value)
        })?;
        let value = value.trim().trim_start_matches('<').trim_end_matches('>');
        Some(value.to_owned())
    }

    /// A line of the journal for each recipient: time, recipient, message id, with tabs between them.
    pub(super) fn lines(&self) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let id = self.message_id().unwrap_or_default();
        let id = id.replace(char::is_whitespace, " ");
        let lines = self.to.iter();
        lines.map(|to| format!("{at}\t{to}\t{id}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(bytes: &str) -> Received {
        Received {
            at: DateTime::UNIX_EPOCH,
            from: String::new(),
            to: vec!["a@x.test".to_owned(), "b@x.test".to_owned()],
            bytes: bytes.into(),
            encrypted: false,
            user: None,
        }
    }

    #[test]
    fn the_message_id_is_read_from_the_header() {
        for (bytes, id) in [
            ("message-id: <1@x>\r\n\r\n", Some("1@x")),
            ("A: b\r\nMessage-ID:\r\n <2@x>\r\nC: d\r\n\r\n", Some("2@x")),
            ("A: b\r\n\r\nMessage-ID: <body@x>\r\n", None),
            ("", None),
        ] {
            assert_eq!(received(bytes).message_id().as_deref(), id, "{bytes:?}");
        }
    }

    #[test]
    fn a_recipient_is_a_line() {
        let lines = received("Message-ID: <1\t2@x>\r\n\r\n").lines();
        let expected = "1970-01-01T00:00:00.000000Z\ta@x.test\t1 2@x\n\
                        1970-01-01T00:00:00.000000Z\tb@x.test\t1 2@x\n";
        assert_eq!(lines, expected);
    }
}
