use super::*;

fn problems(raw: &[u8]) -> Vec<Problem> {
    parse(raw).problems
}

#[test]
fn a_letter_is_read_whole() {
    let parsed = parse(
        b"Message-ID: <one@a.test>\r\nIn-Reply-To: <zero@b.test>\r\n\
        References: <first@b.test>\r\n <zero@b.test>\r\n\
        From: =?utf-8?q?J=C3=BCrgen?= <j@a.test>\r\nTo: \"Ada, L.\" <ada@b.test>, bob@b.test\r\n\
        Date: Tue, 3 Mar 2026 10:00:00 +0100\r\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n\
        --c\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=FC=DFe\r\n\
        --c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>Gr\xc3\xbc\xc3\x9fe</b>\r\n--c--\r\n\
        --b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Disposition: attachment\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--b--\r\n",
    );
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.message_id.as_deref(), Some("one@a.test"));
    assert_eq!(parsed.in_reply_to, ["zero@b.test"]);
    assert_eq!(parsed.references, ["first@b.test", "zero@b.test"]);
    let from = parsed.from.expect("From");
    assert_eq!(
        (from.name.as_deref(), from.address.as_str()),
        (Some("Jürgen"), "j@a.test")
    );
    let to: Vec<_> = parsed.to.iter().map(|to| to.address.as_str()).collect();
    assert_eq!(to, ["ada@b.test", "bob@b.test"]);
    assert_eq!(parsed.subject.as_deref(), Some("Grüße"));
    assert_eq!(
        parsed.date.expect("Date").to_rfc3339(),
        "2026-03-03T09:00:00+00:00"
    );
    assert_eq!(parsed.text.as_deref(), Some("Grüße"));
    assert_eq!(parsed.html.as_deref(), Some("<b>Grüße</b>"));
    assert_eq!(parsed.headers[0].name, "Message-ID");
    assert_eq!(parsed.headers[2].value, "<first@b.test> <zero@b.test>");
    let [file] = &parsed.attachments[..] else {
        panic!("{:?}", parsed.attachments)
    };
    assert_eq!(file.filename.as_deref(), Some("a.pdf"));
    assert_eq!(file.mime_type, "application/pdf");
    assert_eq!(file.bytes, b"%PDF");
}

#[test]
fn a_message_in_a_message_is_an_attachment_to_any_depth() {
    let mut raw = b"From: a@a.test\nDate: Tue, 3 Mar 2026 10:00:00 +0100\n".to_vec();
    let inner = b"Content-Type: (x)Message/rfc822\n\n".repeat(300_000);
    raw.extend_from_slice(&inner);
    let parsed = parse(&raw);
    // Each of them says what it is, which is more than are taken apart.
    assert_eq!(
        parsed.problems,
        [Problem::OverBound {
            bound: Bound::Parts
        }]
    );
    assert_eq!(parsed.attachments[0].bytes, raw);

    let few =
        b"From: a@a.test\nDate: Tue, 3 Mar 2026 10:00:00 +0100\nContent-Type: MESSAGE/RFC822; \
        name=\"a Message of Mine\"\n\nSubject: in it\nContent-Type: message/rfc822\n\nx";
    let parsed = parse(few);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.attachments[0].mime_type, "message/rfc822");
    assert_eq!(
        parsed.attachments[0].filename.as_deref(),
        Some("a Message of Mine")
    );
    assert_eq!(
        parsed.attachments[0].bytes,
        b"Subject: in it\nContent-Type: message/rfc822\n\nx"
    );
}

#[test]
fn a_coded_message_is_not_opened() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let inner = b"Content-Type: message/rfc822\n\n".repeat(200_000);
    let coded = STANDARD.encode(&inner);
    let raw = format!(
        "From: a@a.test\nContent-Type: message\n /rfc822\nContent-Transfer-Encoding: base64\n\n{coded}"
    );
    let parsed = parse(raw.as_bytes());
    assert_eq!(parsed.attachments[0].bytes, inner);
}

#[test]
fn what_is_over_a_bound_is_attached_whole() {
    let bounds = Bounds {
        bytes: 2_000,
        parts: 3,
        multiparts: 1,
        header_bytes: 600,
    };
    let over = |raw: &str| {
        let raw = format!("From: a@a.test\nDate: Tue, 3 Mar 2026 10:00:00 +0100\n{raw}");
        let parsed = parse_within(raw.as_bytes(), bounds);
        let whole = parsed
            .attachments
            .first()
            .map(|whole| whole.bytes.as_slice());
        let [Problem::OverBound { bound }] = parsed.problems[..] else {
            panic!("{:?}", parsed.problems)
        };
        assert_eq!(whole, Some(raw.as_bytes()));
        assert_eq!(parsed.from.expect("From").address, "a@a.test");
        bound
    };
    assert_eq!(over(&format!("\n{}", "x".repeat(2_000))), Bound::Bytes);
    assert_eq!(over(&format!("X: {}\n\n", "x".repeat(600))), Bound::Headers);
    assert_eq!(
        over(&format!("\n{}", "Content-Type: x/y\n".repeat(4))),
        Bound::Parts
    );
    let nested = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(2);
    assert_eq!(over(&nested), Bound::Nesting);
}

#[test]
fn what_is_malformed_is_kept_and_marked() {
    assert_eq!(
        problems(b""),
        [
            Problem::NoHeaders,
            Problem::MissingFrom,
            Problem::MissingDate
        ]
    );
    assert_eq!(
        parse(b"\x80 no header").text.as_deref(),
        Some("\u{20ac} no header")
    );

    let parsed = parse(b"From: a@a.test\nDate: yesterday\n\na\0b");
    assert_eq!(parsed.text.as_deref(), Some("a\u{fffd}b"));
    let nul = Problem::Nul {
        place: "the text".to_owned(),
        count: 1,
    };
    assert_eq!(parsed.problems, [nul, Problem::MissingDate]);

    let parsed = parse(b"From: a@a.test\nSubject: s\nDear Ada,\nsee you\n");
    assert_eq!(parsed.text.as_deref(), Some("Dear Ada,\nsee you\n"));
    assert!(parsed.problems.contains(&Problem::StrayLines { lines: 2 }));

    let parsed = parse(b"From: a@a.test\nContent-Type: text/plain; charset=klingon\n\nna\xefve");
    assert_eq!(parsed.text.as_deref(), Some("naïve"));
    let charset = Problem::Charset {
        part: 0,
        charset: "klingon".to_owned(),
    };
    assert!(parsed.problems.contains(&charset));

    let parsed = parse(
        b"From: a@a.test\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n=?=!",
    );
    assert!(parsed.problems.contains(&Problem::Encoding { part: 0 }));
    assert_eq!(parsed.attachments[0].bytes, b"=?=!");

    let parsed = parse(b"From: a@a.test\nContent-Type: multipart/mixed; boundary=b\n\nnever one");
    assert_eq!(parsed.text.as_deref(), Some("never one"));
}

#[test]
fn what_is_of_no_part_is_attached() {
    let parsed = parse(
        b"From: a@a.test\nDate: Thu, 5 Mar 2026 10:00:00 Z\nContent-Type: multipart/mixed; boundary=b\n\n\
        for readers without MIME\n--b\n\nsee --b for more\n--b--\nthe list's footer\n",
    );
    assert_eq!(parsed.date.expect("Date").timestamp(), 1_772_704_800);
    assert_eq!(parsed.text.as_deref(), Some("see "));
    let rest = &parsed.attachments[0];
    assert_eq!(rest.bytes, b"--b for more\nthe list's footer\n");
    assert_eq!(
        parsed.problems,
        [Problem::Rest {
            bytes: rest.bytes.len()
        }]
    );
}

#[test]
fn strings_fit_their_columns() {
    let long = "ü".repeat(2_000);
    let raw = format!(
        "From: a@a.test\nDate: Tue, 3 Mar 2026 10:00:00 +0100\nSubject: {long}\n\
        Content-Type: image/png; name=\"{long}\"\n\nx"
    );
    let parsed = parse(raw.as_bytes());
    assert_eq!(parsed.subject.expect("Subject").chars().count(), 998);
    let name = parsed.attachments[0].filename.as_ref().expect("a name");
    assert_eq!(name.chars().count(), 255);
    assert_eq!(parsed.problems.len(), 2);
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic(raw in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        parse(&raw);
    }

    /// Made of what messages are made of, so that it gets further in.
    #[test]
    fn no_pieces_make_it_panic_or_leave_a_nul(pieces in proptest::collection::vec(0..PIECES.len(), 0..40)) {
        let raw: Vec<u8> = pieces.iter().flat_map(|piece| PIECES[*piece].to_vec()).collect();
        let parsed = parse(&raw);
        let texts = [&parsed.text, &parsed.html, &parsed.subject];
        proptest::prop_assert!(texts.into_iter().flatten().all(|text| !text.contains('\0')));
        let headers = serde_json::to_string(&parsed.headers).expect("headers are strings");
        proptest::prop_assert!(!headers.contains("\\u0000"));
    }
}

const PIECES: [&[u8]; 16] = [
    b"From: a@a.test\n",
    b"Subject: \0s\r\n",
    b"Content-Type: multipart/mixed; boundary=b\n",
    b"Content-Type: multipart/digest; boundary=c\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n",
    b"\n",
    b"--b\n",
    b"--c\r\n",
    b"--b--\n",
    b"R3LDvMOfZQ==\n",
    b"=?utf-8?q?=00?= =FC=\n",
    b"\x01\0\xff",
    b" folded\n",
];
