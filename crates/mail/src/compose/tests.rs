use super::*;
use crate::parse;
use proptest::prelude::*;

fn outgoing() -> Outgoing {
    let mailbox = |name: &str, address: &str| Mailbox {
        name: Some(name.to_owned()),
        address: address.to_owned(),
    };
    Outgoing {
        from: mailbox("Ada, Countess", "ada@a.test"),
        to: mailbox("Bob", "bob@b.test"),
        reply_to: None,
        subject: "A subject".to_owned(),
        text: "Hi".to_owned(),
        html: Some("<p>Hi</p>".to_owned()),
        message_id: "mail.1@a.test".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe: Unsubscribe::default(),
        date: DateTime::from_timestamp(1_772_704_800, 0).expect("a time"),
        attachments: Vec::new(),
    }
}

fn composed(outgoing: &Outgoing) -> String {
    String::from_utf8(compose(outgoing).expect("a message")).expect("lettre writes ASCII")
}

#[test]
fn the_same_message_makes_the_same_bytes() {
    assert_eq!(composed(&outgoing()), composed(&outgoing()));
}

#[test]
fn one_can_unsubscribe_with_one_click() {
    let url = format!("https://a.test/u/{}", "x".repeat(300));
    let mut outgoing = outgoing();
    outgoing.unsubscribe = Unsubscribe {
        mailto: Some("out@a.test?subject=out".to_owned()),
        url: Some(url.clone()),
    };
    let message = composed(&outgoing);
    let header = format!("List-Unsubscribe: <mailto:out@a.test?subject=out>,\r\n <{url}>\r\n");
    assert!(message.contains(&header), "{message}");
    assert!(message.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    outgoing.unsubscribe.url = None;
    assert!(!composed(&outgoing).contains("List-Unsubscribe-Post"));
    assert!(!composed(&self::outgoing()).contains("List-Unsubscribe"));
}

#[test]
fn no_header_can_be_smuggled_in() {
    let mut smuggling = outgoing();
    smuggling.subject = "s\r\nBcc: eve@e.test\r\n\r\nbody".to_owned();
    smuggling.from.name = Some("Ada\nX-Eve: 1".to_owned());
    let parsed = parse::parse(&compose(&smuggling).expect("a message"));
    assert_eq!(parsed.subject.as_deref(), Some("s Bcc: eve@e.test body"));
    assert!(parsed.header("Bcc").or(parsed.header("X-Eve")).is_none());
    let mut smuggling = outgoing();
    smuggling.unsubscribe.url = Some("https://a.test>\r\nBcc: eve@e.test".to_owned());
    assert!(matches!(compose(&smuggling), Err(Error::Header { .. })));
    let mut smuggling = outgoing();
    smuggling.to.address = "bob@b.test, eve@e.test".to_owned();
    assert!(matches!(compose(&smuggling), Err(Error::Address { .. })));
}

#[test]
fn long_threads_are_named_by_their_ends() {
    let mut outgoing = outgoing();
    outgoing.references = (0..50).map(|number| format!("{number}@a.test")).collect();
    let parsed = parse::parse(&compose(&outgoing).expect("a message"));
    assert_eq!(parsed.references.len(), 20);
    assert_eq!(
        (
            parsed.references[0].as_str(),
            parsed.references[19].as_str()
        ),
        ("0@a.test", "49@a.test")
    );
}

#[test]
fn keys_come_back_from_ids() {
    let key = format!("mail/{}", Uuid::from_u128(7));
    assert_eq!(
        message_id(&key, "a.test"),
        "mail.00000000000000000000000000000007@a.test"
    );
    for key in [
        key.as_str(),
        "mail/no-uuid",
        "import/ü",
        "MAIL/00000000-0000-0000-0000-000000000007",
    ] {
        let id = format!("<{}>", message_id(key, "a.test"));
        assert_eq!(storage_key_of(&id).as_deref(), Some(key));
    }
    assert_eq!(storage_key_of("<abc@b.test>"), None);
    assert_eq!(storage_key_of("mail.7@b.test"), None);
}

/// Text as people write it: line ends are one kind when it comes back.
fn texts() -> impl Strategy<Value = String> {
    "([^\\p{C}]|\n){0,300}"
}

fn attachments() -> impl Strategy<Value = Vec<Attachment>> {
    let one = ("[^\\p{C}]{1,40}", any::<Vec<u8>>(), any::<bool>());
    let one = one.prop_map(|(name, bytes, inline)| Attachment {
        filename: Some(one_line(&name)).filter(|name| !name.is_empty()),
        mime_type: "application/pdf".to_owned(),
        disposition: if inline {
            Disposition::Inline
        } else {
            Disposition::Attachment
        },
        content_id: inline.then(|| "picture@a.test".to_owned()),
        bytes,
    });
    proptest::collection::vec(one, 0..3)
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        name in "[^\\p{C}]{0,80}",
        subject in "[^\\p{C}]{0,300}",
        text in texts(),
        html in proptest::option::of(texts()),
        mut attachments in attachments(),
    ) {
        let mut outgoing = outgoing();
        outgoing.from.name = Some(one_line(&name)).filter(|name| !name.is_empty());
        outgoing.subject = one_line(&subject);
        outgoing.in_reply_to = Some("mail.0@a.test".to_owned());
        outgoing.references = vec!["first@a.test".to_owned(), "mail.0@a.test".to_owned()];
        (outgoing.text, outgoing.html) = (text, html);
        outgoing.attachments = attachments.clone();
        let message = compose(&outgoing).expect("a message");
        prop_assert!(message.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
        let parsed = parse::parse(&message);
        // A message without parts ends with a line end of its own.
        let lines = |text: &str| text.replace("\r\n", "\n").trim_end_matches('\n').to_owned();
        prop_assert_eq!(&parsed.problems, &[]);
        prop_assert_eq!(parsed.from, Some(outgoing.from));
        prop_assert_eq!(parsed.to, [outgoing.to]);
        prop_assert_eq!(parsed.subject.unwrap_or_default(), outgoing.subject);
        prop_assert_eq!(parsed.message_id, Some(outgoing.message_id));
        prop_assert_eq!(parsed.in_reply_to, ["mail.0@a.test"]);
        prop_assert_eq!(parsed.references, outgoing.references);
        prop_assert_eq!(parsed.date, Some(outgoing.date));
        prop_assert_eq!(lines(&parsed.text.unwrap_or_default()), lines(&outgoing.text));
        prop_assert_eq!(parsed.html.as_deref().map(lines), outgoing.html.as_deref().map(lines));
        let key = |one: &Attachment| (one.disposition == Disposition::Attachment, one.filename.clone(), one.bytes.clone());
        let mut read = parsed.attachments;
        read.sort_by_key(key);
        attachments.sort_by_key(key);
        prop_assert_eq!(read, attachments);
    }
}
