//! What is taken, and what is refused.

use super::{Framing, LONGEST_TEXT};

const MOST: usize = 20;

/// What is said against it, at once and byte by byte.
fn refusal(said: &[u8]) -> Option<String> {
    let mut framing = Framing::default();
    let at_once = framing.follow(said, MOST).err();
    let mut framing = Framing::default();
    let mut bytes = said.chunks(1);
    let singly = bytes.find_map(|byte| framing.follow(byte, MOST).err());
    let at_once = at_once.map(|error| error.to_string());
    assert_eq!(at_once, singly.map(|error| error.to_string()));
    at_once
}

#[test]
fn answers_to_what_is_asked_are_taken() {
    for said in [
        "* OK [UIDVALIDITY 7] {5} is not at the end (\r\n",
        "* CAPABILITY IMAP4rev1 IDLE\r\n+ go on\r\nA1 OK done (really\r\n",
        "+ 1 (go\r\nA 2 (x\r\n",
        "* FLAGS (\\Seen \"a)\r\n* 12 EXISTS\r\n* 3 EXPUNGE\r\n* 0 RECENT\r\n",
        "* 1 FETCH (UID 2 INTERNALDATE \" 6-May-2023 18:48:30 +0200\" RFC822.SIZE 57 )\r\n",
        "* 1 FETCH (FLAGS (\\Seen $x) MODSEQ (7) UID 2)\r\n",
        "* 1 FETCH (UID 2 BODY[]<0> {10}\r\n{99}\r\n)((\" FLAGS ())\r\n* 2 EXISTS\r\n",
        "* 1 FETCH (BODY[]<0>  {20}\r\n01234567890123456789 UID 2)\r\n",
        "* 1 FETCH (BODY[] {0}\r\n UID 2)\r\n",
    ] {
        assert_eq!(refusal(said.as_bytes()), None, "{said}");
        let twice = said.repeat(2);
        assert_eq!(refusal(twice.as_bytes()), None, "{twice}");
    }
}

#[test]
fn too_much_at_once_is_refused_as_soon_as_it_is_announced() {
    for (said, bytes, most) in [
        ("* 1 FETCH (UID 2 BODY[] {21}\r\n", "21", 20),
        ("* 1 FETCH (A {15}\r\n0123456789abcde B {6}\r\n", "6", 5),
        (
            "* 1 FETCH (BODY[] {99999999999999999999}\r\n",
            "18446744073709551615",
            20,
        ),
        ("* LIST () \"/\" {3}\r\n", "3", 0),
        ("* OK {3}\r\n", "3", 0),
        ("* 1 {3}\r\n", "3", 0),
    ] {
        let expected = format!("the server announces {bytes} bytes at once; {most} are taken");
        assert_eq!(refusal(said.as_bytes()), Some(expected), "{said}");
    }
}

/// A parser might skip what here is a literal, and find another one in it; or the other way about.
#[test]
fn what_could_hide_an_announcement_is_refused() {
    for said in [
        "* 1 FETCH (X ( {3}\r\n",
        "* 1 FETCH (X (\r\n",
        "* 1 FETCH (X a\r\n",
        "* 1 FETCH (X a{3}\r\n",
        "* 1 FETCH (X a(b",
        "* 1 FETCH (X a\"b",
        "* 1 FETCH (X (\"",
        "* 1 FETCH (X ((",
        "* 1 FETCH (X \"\\a",
        "* 1 FETCH (X \"a\r",
        "* 1 FETCH (X \"a\n",
    ] {
        assert!(refusal(said.as_bytes()).is_some(), "{said}");
    }
}

#[test]
fn a_line_without_an_end_is_refused() {
    let longest = [b'x'; LONGEST_TEXT];
    assert_eq!(refusal(&longest), None);
    let longer = [b'x'; LONGEST_TEXT + 1];
    let refusal = refusal(&longer).expect("a refusal");
    assert!(refusal.contains("no end after 65536 bytes"), "{refusal}");
}
