//! A server that says more than anybody wants to keep is left at once.

use std::{fmt::Write, time::Duration};

use transport::imap::{Error, Inbox};

use super::{
    all,
    scripted::{Reply, error, options, scripted},
};

const LISTED: Reply = (
    "RFC822.SIZE",
    "* 1 FETCH (UID 2 RFC822.SIZE 5)\r\nTAG OK done\r\n",
);

async fn open(replies: Vec<Reply>) -> Inbox {
    let opened = Inbox::open(&scripted(Vec::leak(replies)).await, options()).await;
    opened.expect("an inbox")
}

/// Nothing follows the announcement: who waits for it is timed out instead.
fn assert_names(error: &Error, words: &str) {
    assert!(
        matches!(error, Error::Protocol(text) if text.contains(words)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_literal_is_refused_when_it_is_announced() {
    let announced = "* 1 FETCH (UID 2 BODY[]<0> {500000000}\r\n";
    let mut inbox = open(vec![LISTED, ("BODY.PEEK", announced)]).await;
    let refused = all(&mut inbox, None).await.expect_err("a refusal");
    assert_names(
        &refused,
        "announces 500000000 bytes at once; 65557 are taken",
    );
    let able = (
        "CAPABILITY",
        "* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n",
    );
    let idle = "+ waiting\r\n* 1 FETCH (UID 2 BODY[] {65537}\r\n";
    let mut inbox = open(vec![able, ("IDLE", idle)]).await;
    let waited = inbox.wait(Duration::from_secs(10)).await;
    assert_names(
        &waited.expect_err("a refusal"),
        "announces 65537 bytes at once; 65536 are taken",
    );
    let greeted = error(&[("GREETING", "* LIST () \"/\" {500000000}\r\n")]).await;
    assert_names(&greeted, "announces 500000000 bytes at once");
}

#[tokio::test]
async fn a_line_without_an_end_is_refused() {
    let endless = String::leak(format!("* OK {}", "x".repeat(70_000)));
    let greeted = error(Vec::leak(vec![("GREETING", &*endless)])).await;
    assert_names(&greeted, "no end after 65536 bytes");
    let mut inbox = open(vec![("NOOP", &*endless)]).await;
    let asked = all(&mut inbox, None).await;
    assert_names(&asked.expect_err("a refusal"), "no end after 65536 bytes");
}

#[tokio::test]
async fn a_message_that_comes_twice_is_refused() {
    let twice = "* 1 FETCH (UID 2 BODY[]<0> {2}\r\n\r\n)\r\n* 1 FETCH (UID 2 BODY[]<0> {2}\r\n\r\n)\r\nTAG OK done\r\n";
    let mut inbox = open(vec![LISTED, ("BODY.PEEK", twice)]).await;
    let refused = all(&mut inbox, None).await.expect_err("a refusal");
    assert_names(&refused, "the message 2 twice");
}

/// Each of them is no larger than a message may be.
#[tokio::test]
async fn many_messages_that_are_larger_than_was_said_are_refused() {
    let (mut list, mut large) = (String::new(), String::new());
    let body = "x".repeat(60_000);
    for uid in 1..=30 {
        write!(list, "* {uid} FETCH (UID {uid} RFC822.SIZE 5)\r\n").expect("a string");
        write!(
            large,
            "* {uid} FETCH (UID {uid} BODY[]<0> {{60000}}\r\n{body})\r\n"
        )
        .expect("a string");
    }
    list.push_str("TAG OK done\r\n");
    large.push_str("TAG OK done\r\n");
    let replies = vec![
        ("RFC822.SIZE", &*list.leak()),
        ("BODY.PEEK", &*large.leak()),
    ];
    let mut inbox = open(replies).await;
    let refused = all(&mut inbox, None).await.expect_err("a refusal");
    assert_names(&refused, "much larger than it has listed them");
}

#[tokio::test]
async fn what_a_server_says_is_cut() {
    let wordy = String::leak(format!("TAG NO {}\r\n", "x".repeat(2000)));
    for word in ["LOGIN", "EXAMINE"] {
        let refused = error(Vec::leak(vec![(word, &*wordy)])).await;
        let text = match &refused {
            Error::Credentials(text) | Error::Refused(text) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(text.chars().count(), 501, "{word}");
    }
}
