//! A message that is ready to be sent.

use lettre::Address;

use super::{Refused, Unfit};

/// Whom a message is from and to, whatever its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The address that bounces go to; `None` for what must not bounce.
    pub from: Option<String>,
    /// The recipients; one that is refused refuses the message for all of them.
    pub to: Vec<String>,
}

/// An envelope whose addresses were read, and bytes whose lines were.
pub(super) struct Letter<'a> {
    pub from: Option<Address>,
    pub to: Vec<Address>,
    pub bytes: &'a [u8],
}

impl<'a> Letter<'a> {
    pub(super) fn read(envelope: &Envelope, bytes: &'a [u8]) -> Result<Self, Refused> {
        if envelope.to.is_empty() {
            return Err(Unfit::Nobody.into());
        }
        if !has_whole_line_ends(bytes) {
            return Err(Unfit::LineEnd.into());
        }
        let to: Result<_, _> = envelope.to.iter().map(|text| address(text)).collect();
        Ok(Self {
            from: envelope.from.as_deref().map(address).transpose()?,
            to: to?,
            // The end of the last line is sent with the dot.
            bytes: bytes.strip_suffix(b"\r\n").unwrap_or(bytes),
        })
    }

    pub(super) fn needs_smtp_utf8(&self) -> bool {
        let mut addresses = self.from.iter().chain(&self.to);
        addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii())
    }

    /// A recipient at a name that is set aside for tests and documents (RFC 2606 and RFC 6761).
    pub(super) fn reserved(&self) -> Option<&Address> {
        self.to.iter().find(|address| is_reserved(address.domain()))
    }

    pub(super) fn needs_eight_bit_mime(&self) -> bool {
        !self.bytes.is_ascii()
    }
}

/// Reads an address; its domain in ASCII, so that only the part before it wants SMTPUTF8.
fn address(text: &str) -> Result<Address, Unfit> {
    let unfit = || Unfit::Address(text.to_owned());
    let (user, domain) = text.rsplit_once('@').ok_or_else(unfit)?;
    let domain = match domain.is_ascii() {
        true => domain.into(),
        false => idna::domain_to_ascii(domain).map_err(|_| unfit())?,
    };
    Address::new(user, domain).map_err(|_| unfit())
}

fn is_reserved(domain: &str) -> bool {
    const TOPS: [&str; 4] = ["test", "example", "invalid", "localhost"];
    const SECONDS: [&str; 3] = ["com", "net", "org"];
    let domain = domain.to_ascii_lowercase();
    let mut labels = domain.trim_end_matches('.').rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next());
    TOPS.contains(&top) || SECONDS.contains(&top) && second == Some("example")
}

fn has_whole_line_ends(bytes: &[u8]) -> bool {
    let mut previous = 0;
    for &byte in bytes {
        if (byte == b'\n') != (previous == b'\r') {
            return false;
        }
        previous = byte;
    }
    previous != b'\r'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_whole() {
        for (text, whole) in [
            ("", true),
            ("a", true),
            ("a\r\n", true),
            ("\r\n\r\n", true),
            ("a\nb", false),
            ("a\rb", false),
            ("a\r\r\nb", false),
            ("a\r\n.\r", false),
            ("\n", false),
        ] {
            assert_eq!(has_whole_line_ends(text.as_bytes()), whole, "{text:?}");
        }
    }

    #[test]
    fn names_that_nobody_can_own_are_known() {
        for (domain, expected) in [
            ("acme.test", true),
            ("mail.acme.TEST", true),
            ("test", true),
            ("example.com", true),
            ("a.example.org", true),
            ("localhost", true),
            ("a.invalid.", true),
            ("test.com", false),
            ("contest", false),
            ("anexample.com", false),
            ("example.de", false),
        ] {
            assert_eq!(is_reserved(domain), expected, "{domain}");
        }
    }

    #[test]
    fn addresses_are_read() {
        for (text, expected) in [
            ("a@x.test", Some("a@x.test")),
            ("a@bücher.test", Some("a@xn--bcher-kva.test")),
            ("grüße@x.test", Some("grüße@x.test")),
            ("a@[127.0.0.1]", Some("a@[127.0.0.1]")),
            ("a", None),
            ("a@", None),
            ("a@x.test>\r\nDATA", None),
            ("a b@x.test", None),
            ("<a@x.test>", None),
        ] {
            let read = address(text).ok().map(|address| address.to_string());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        }
    }
}
