//! A server that answers by a list, for what Dovecot never says.

use std::time::Duration;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    time::timeout,
};
use transport::{
    Credentials, Security, Server,
    imap::{Account, Cause, Error, Inbox, Options},
};

use super::all;

/// A word of a line, and what is said to it.
pub type Reply = (&'static str, &'static str);

type Replies = &'static [Reply];

/// What all of them say, unless something else is said first.
const USUAL: Replies = &[
    ("GREETING", "* OK hello\r\n"),
    ("LOGIN", "TAG OK welcome\r\n"),
    ("CAPABILITY", "* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"),
    (
        "EXAMINE",
        "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\nTAG OK done\r\n",
    ),
    ("NOOP", "TAG OK done\r\n"),
];

/// Closes the connection.
const HANG_UP: &str = "hang up";

/// Answers each line by the first entry whose word is in it.
pub async fn scripted(replies: Replies) -> Account {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let mut stream = BufReader::new(stream);
        let mut line = "x GREETING".to_owned();
        loop {
            let mut known = replies.iter().chain(USUAL);
            let reply = known.find(|(word, _)| line.contains(word));
            let tag = line.split(' ').next().unwrap_or_default();
            let reply = reply.map_or(String::new(), |(_, reply)| reply.replace("TAG", tag));
            if reply == HANG_UP {
                return Ok(());
            }
            stream.get_mut().write_all(reply.as_bytes()).await?;
            line.clear();
            if reply.contains("BYE") || stream.read_line(&mut line).await? == 0 {
                return std::io::Result::Ok(());
            }
        }
    });
    Account {
        server: Server::new("127.0.0.1", port, Security::None),
        credentials: Credentials::new("ann", "secret"),
        mailbox: "INBOX".to_owned(),
    }
}

pub fn options() -> Options {
    Options {
        max_bytes: 20,
        // One of them is waited for as long as that; the others answer, however busy the machine is.
        patience: Duration::from_secs(3),
        poll: Duration::from_millis(50),
    }
}

pub async fn error(replies: Replies) -> Error {
    let opened = Inbox::open(&scripted(replies).await, options()).await;
    opened.err().expect("an error")
}

#[tokio::test]
async fn servers_that_can_not_be_used_are_told_apart() {
    let left = error(&[("GREETING", "* BYE too many\r\n")]).await;
    assert!(
        matches!(&left, Error::NotReached(Cause::Left(why)) if why == "too many"),
        "{left:?}"
    );
    let left = error(&[("EXAMINE", "* BYE going\r\n")]).await;
    assert!(
        matches!(&left, Error::NotReached(Cause::Left(why)) if why == "going"),
        "{left:?}"
    );
    let silent = error(&[("LOGIN", "")]).await;
    assert!(
        matches!(silent, Error::NotReached(Cause::TimedOut(_))),
        "{silent:?}"
    );
    let away = error(&[("LOGIN", "TAG NO [UNAVAILABLE] ask again\r\n")]).await;
    assert!(
        matches!(away, Error::NotReached(Cause::Unavailable(_))),
        "{away:?}"
    );
    let busy = error(&[("EXAMINE", "TAG NO [INUSE] ask again\r\n")]).await;
    assert!(
        matches!(busy, Error::NotReached(Cause::Unavailable(_))),
        "{busy:?}"
    );
    let wrong = error(&[("LOGIN", "TAG NO [AUTHENTICATIONFAILED] no\r\n")]).await;
    assert!(matches!(wrong, Error::Credentials(_)), "{wrong:?}");
    let other = error(&[("GREETING", "220 smtp.x.test ESMTP\r\n")]).await;
    assert!(matches!(other, Error::Protocol(_)), "{other:?}");
    let unnumbered = error(&[("EXAMINE", "* 1 EXISTS\r\nTAG OK done\r\n")]).await;
    assert!(matches!(unnumbered, Error::Protocol(_)), "{unnumbered:?}");
    let confused = error(&[("EXAMINE", "TAG BAD what\r\n")]).await;
    assert!(matches!(confused, Error::Protocol(_)), "{confused:?}");
}

/// No password goes out in clear instead.
#[tokio::test]
async fn a_server_without_tls_is_not_reached() {
    let mut secure = scripted(&[("STARTTLS", "TAG BAD what\r\n")]).await;
    secure.server.security = Security::StartTls;
    let error = Inbox::open(&secure, options()).await.err();
    assert!(
        matches!(error, Some(Error::NotReached(Cause::NoStartTls(_)))),
        "{error:?}"
    );
}

/// The library takes either for the end of the list.
#[tokio::test]
async fn a_refusal_is_not_the_end_of_the_list() {
    for (list, get) in [
        ("TAG NO not now\r\n", ""),
        (
            "* 1 FETCH (UID 2 RFC822.SIZE 5)\r\nTAG OK done\r\n",
            "TAG NO not now\r\n",
        ),
        ("* BYE going\r\n", ""),
        (HANG_UP, ""),
        (
            "* 1 FETCH (UID 2 RFC822.SIZE 5)\r\nTAG OK done\r\n",
            HANG_UP,
        ),
    ] {
        let replies = Vec::leak(vec![("RFC822.SIZE", list), ("BODY.PEEK", get)]);
        let mut inbox = Inbox::open(&scripted(replies).await, options())
            .await
            .expect("an inbox");
        all(&mut inbox, None).await.expect_err("a refusal");
    }
}

#[tokio::test]
async fn a_message_that_is_larger_than_was_said_is_cut() {
    let account = scripted(&[
        (
            "RFC822.SIZE",
            "* 1 FETCH (UID 2 RFC822.SIZE 5)\r\nTAG OK done\r\n",
        ),
        (
            "BODY.PEEK[]<0.21>",
            "* 1 FETCH (UID 2 BODY[]<0> {21}\r\nA: b\r\n\r\n0123456789abc)\r\nTAG OK done\r\n",
        ),
    ])
    .await;
    let mut inbox = Inbox::open(&account, options()).await.expect("an inbox");
    let messages = all(&mut inbox, None).await.expect("messages");
    assert_eq!(messages.len(), 1);
    assert!(!messages[0].is_whole);
    assert_eq!(messages[0].bytes, b"A: b\r\n\r\n");
    assert_eq!(
        (messages[0].place.uid_validity, messages[0].place.uid),
        (7, 2)
    );
    assert!(messages[0].arrived.is_none());
}

#[tokio::test]
async fn a_server_that_can_not_tell_of_mail_is_looked_at_again() {
    let account = scripted(&[("IDLE", "TAG BAD what\r\n")]).await;
    let mut inbox = Inbox::open(&account, options()).await.expect("an inbox");
    let waited = timeout(
        Duration::from_secs(10),
        inbox.wait(Duration::from_secs(600)),
    )
    .await;
    waited.expect("in time").expect("no word of IDLE");
}

#[tokio::test]
async fn a_server_that_leaves_ends_the_wait() {
    let able = (
        "CAPABILITY",
        "* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n",
    );
    for reply in [
        "+ waiting\r\n* BYE going\r\n",
        "+ waiting\r\nTAG NO not now\r\n",
        HANG_UP,
    ] {
        let replies = Vec::leak(vec![able, ("IDLE", reply)]);
        let opened = Inbox::open(&scripted(replies).await, options()).await;
        let mut inbox = opened.expect("an inbox");
        let wait = inbox.wait(Duration::from_secs(600));
        let waited = timeout(Duration::from_secs(10), wait).await;
        waited.expect("in time").expect_err("no wait");
    }
}
