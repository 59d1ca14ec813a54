//! Each message comes once, whole and in order, and nothing changes on the server.

use std::time::Duration;

use chrono::Utc;
use dovecot::{Dovecot, PASSWORD, USER};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use transport::{
    Security,
    imap::{Inbox, Options, Place},
};

use super::{account, all, numbered, open};

#[tokio::test]
async fn messages_come_as_they_are() {
    let dovecot = Dovecot::start(None).await;
    let sent = [
        numbered(1),
        b"\r\n.\r\n".to_vec(),
        b"A: b\r\n\r\n\"{3}\r\nx".to_vec(),
    ];
    sent.iter().for_each(|bytes| dovecot.deliver(bytes));
    for security in [Security::None, Security::StartTls, Security::Tls] {
        let account = account(&dovecot, security);
        let opened = Inbox::open(&account, Options::default()).await;
        let mut inbox = opened.unwrap_or_else(|error| panic!("{security:?}: {error:?}"));
        let messages = all(&mut inbox, None).await.expect("messages");
        assert_eq!(messages.len(), 3);
        for (message, bytes) in messages.iter().zip(&sent) {
            assert_eq!(&message.bytes, bytes);
            assert!(message.is_whole);
            assert_eq!(message.size as usize, bytes.len());
            let arrived = message.arrived.expect("a date");
            assert!(
                (Utc::now() - arrived.to_utc()).num_minutes() < 5,
                "{arrived}"
            );
        }
        inbox.close().await;
    }
}

#[tokio::test]
async fn only_new_messages_come() {
    let dovecot = Dovecot::start(None).await;
    let mut inbox = open(&dovecot).await;
    assert_eq!(all(&mut inbox, None).await.expect("none"), []);
    dovecot.deliver(&numbered(1));
    dovecot.deliver(&numbered(2));
    let first = all(&mut inbox, None).await.expect("messages");
    assert_eq!(first.len(), 2);
    // The range of all that is newer has the last one in it, which is not.
    let place = Some(first[1].place);
    assert_eq!(all(&mut inbox, place).await.expect("none"), []);
    dovecot.deliver(&numbered(3));
    let later = all(&mut inbox, place).await.expect("messages");
    assert_eq!(later.len(), 1);
    assert_eq!(later[0].bytes, numbered(3));
    assert!(later[0].place.uid > first[1].place.uid);
    let again = all(&mut inbox, Some(first[0].place))
        .await
        .expect("messages");
    assert_eq!(again.len(), 2);
}

/// More than are asked for at once.
#[tokio::test]
async fn many_messages_come_in_order() {
    let dovecot = Dovecot::start(None).await;
    let mut sent: Vec<_> = (0..250).map(numbered).collect();
    sent[120].resize(3_000_000, b'x');
    sent.iter().for_each(|bytes| dovecot.deliver(bytes));
    let mut inbox = open(&dovecot).await;
    let messages = all(&mut inbox, None).await.expect("messages");
    assert!(messages.iter().map(|message| &message.bytes).eq(&sent));
    assert!(messages.is_sorted_by_key(|message| message.place.uid));
}

#[tokio::test]
async fn nothing_changes_on_the_server() {
    let dovecot = Dovecot::start(None).await;
    dovecot.deliver(&numbered(1));
    by_hand(
        &dovecot,
        &["APPEND INBOX (\\Flagged) {14+}\r\nSubject: x\r\n\r\n"],
    )
    .await;
    let mut inbox = open(&dovecot).await;
    assert_eq!(all(&mut inbox, None).await.expect("messages").len(), 2);
    inbox.close().await;
    assert_eq!(dovecot.count(), 2);
    let seen = dovecot.flags().iter().any(|flags| flags.contains('S'));
    assert!(!seen, "{:?}", dovecot.flags());
    assert!(
        dovecot.flags().contains(&"F".to_owned()),
        "{:?}",
        dovecot.flags()
    );
    let answers = by_hand(&dovecot, &["EXAMINE INBOX", "SEARCH RECENT"]).await;
    assert!(
        answers.contains("* SEARCH 1"),
        "it is as new as it was: {answers}"
    );
}

#[tokio::test]
async fn of_a_message_that_is_too_large_the_header_comes() {
    let dovecot = Dovecot::start(None).await;
    let header = "Subject: large\r\nMessage-ID: <1@x.test>\r\n\r\n";
    let fits = format!("{header}{}", "x".repeat(1000 - header.len()));
    dovecot.deliver(&numbered(1));
    dovecot.deliver(format!("{fits}y").as_bytes());
    dovecot.deliver(fits.as_bytes());
    let options = Options {
        max_bytes: 1000,
        ..Options::default()
    };
    let opened = Inbox::open(&account(&dovecot, Security::Tls), options).await;
    let mut inbox = opened.expect("an inbox");
    let messages = all(&mut inbox, None).await.expect("messages");
    let whole: Vec<_> = messages.iter().map(|message| message.is_whole).collect();
    assert_eq!(whole, [true, false, true]);
    assert_eq!(String::from_utf8_lossy(&messages[1].bytes), header);
    assert_eq!(messages[1].size, 1001);
    assert_eq!(messages[2].bytes, fits.as_bytes());
}

#[tokio::test]
async fn messages_that_are_numbered_anew_come_again() {
    let mut dovecot = Dovecot::start(None).await;
    dovecot.deliver(&numbered(1));
    dovecot.deliver(&numbered(2));
    let mut inbox = open(&dovecot).await;
    let before = all(&mut inbox, None).await.expect("messages");
    let place = before[1].place;
    drop(inbox);
    dovecot.pause();
    dovecot.renumber();
    // The new number is the time, in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    dovecot.resume().await;
    let mut inbox = open(&dovecot).await;
    let after = all(&mut inbox, Some(place)).await.expect("messages");
    assert_eq!(after.len(), 2);
    assert_ne!(after[0].place.uid_validity, place.uid_validity);
    assert_eq!(after[0].bytes, before[0].bytes);
}

#[tokio::test]
async fn who_wants_nothing_old_begins_at_the_end() {
    let dovecot = Dovecot::start(None).await;
    dovecot.deliver(&numbered(1));
    let mut inbox = open(&dovecot).await;
    let end: Option<Place> = inbox.end();
    assert!(end.is_some());
    dovecot.deliver(&numbered(2));
    let messages = all(&mut inbox, end).await.expect("messages");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].bytes, numbered(2));
}

/// Somebody deletes messages that were listed, and not fetched yet.
#[tokio::test]
async fn a_message_that_is_gone_is_left_out() {
    let dovecot = Dovecot::start(None).await;
    (0..150).for_each(|number| dovecot.deliver(&numbered(number)));
    let mut inbox = open(&dovecot).await;
    let mut messages = inbox.after(None);
    let mut got = vec![
        messages
            .next()
            .await
            .expect("a message")
            .expect("a message"),
    ];
    by_hand(
        &dovecot,
        &[
            "SELECT INBOX",
            "STORE 120,150 +FLAGS (\\Deleted)",
            "EXPUNGE",
        ],
    )
    .await;
    while let Some(message) = messages.next().await.expect("the others") {
        got.push(message);
    }
    let got: Vec<_> = got.into_iter().map(|message| message.bytes).collect();
    let rest = (0..150).filter(|number| ![119, 149].contains(number));
    let rest: Vec<_> = rest.map(numbered).collect();
    // The server may show what it had open.
    assert!(rest.iter().all(|bytes| got.contains(bytes)));
    assert!(got.len() <= 150);
}

/// What another client does; what it was answered.
async fn by_hand(dovecot: &Dovecot, commands: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", dovecot.imap()))
        .await
        .expect("a connection");
    let login = format!("LOGIN {USER} {PASSWORD}");
    let mut lines = String::new();
    for command in [login.as_str()].iter().chain(commands).chain(&["LOGOUT"]) {
        lines += &format!("x {command}\r\n");
    }
    stream
        .write_all(lines.as_bytes())
        .await
        .expect("an open connection");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.expect("answers");
    assert!(
        !answers.contains("x NO") && !answers.contains("x BAD"),
        "{answers}"
    );
    answers
}
