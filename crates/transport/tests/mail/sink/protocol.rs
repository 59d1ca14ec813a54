//! RFC 5321 and its extensions.

use transport::sink::{Error, Options, Sink};

use super::Running;
use crate::talk::Talk;

#[tokio::test]
async fn a_message_arrives_as_it_was_sent() {
    let mut sink = Running::start(Options::default()).await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO client.test", 250).await;
    talk.expect("MAIL FROM:<from@x.test> BODY=8BITMIME SMTPUTF8", 250)
        .await;
    talk.expect("RCPT TO:<to@x.test>", 250).await;
    talk.expect("RCPT TO:<grüße@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.say("..leading\r\nSubject: ä\r\n\r\n..\r\n...\r\n.\r\n")
        .await;
    assert_eq!(talk.hear().await.0, 250);
    let message = sink.next().await;
    assert_eq!(message.from, "from@x.test");
    assert_eq!(message.to, ["to@x.test", "grüße@x.test"]);
    let expected = ".leading\r\nSubject: ä\r\n\r\n.\r\n..\r\n";
    assert_eq!(String::from_utf8_lossy(&message.bytes), expected);
    assert!(!message.encrypted && message.user.is_none());
}

/// RFC 2920: commands come in one piece, and the content of one message with the commands of the next.
#[tokio::test]
async fn commands_are_pipelined() {
    let mut sink = Running::start(Options::default()).await;
    let mut talk = Talk::to(sink.address).await;
    let one = "MAIL FROM:<>\r\nRCPT TO:<a@x.test>\r\nDATA\r\n";
    talk.say(&format!("EHLO x\r\n{one}1\r\n.\r\n{one}.\r\nQUIT\r\n"))
        .await;
    for code in [250, 250, 250, 354, 250, 250, 250, 354, 250, 221] {
        assert_eq!(talk.hear().await.0, code);
    }
    assert!(talk.is_over().await);
    assert_eq!(sink.next().await.bytes, b"1\r\n");
    let empty = sink.next().await;
    assert_eq!(
        (empty.bytes.as_slice(), empty.from.as_str()),
        (&b""[..], "")
    );
}

#[tokio::test]
async fn the_size_is_told_and_enforced() {
    let mut sink = Running::start(Options {
        max_bytes: 1000,
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    let (_, hello) = talk.ask("EHLO x").await;
    for line in [
        "SIZE 1000",
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
    ] {
        assert!(hello.lines().any(|told| told == line), "{line} in {hello}");
    }
    assert!(
        !hello.contains("STARTTLS") && !hello.contains("AUTH"),
        "{hello}"
    );
    talk.expect("MAIL FROM:<a@x.test> SIZE=1001", 552).await;
    for (bytes, code) in [(1000, 250), (1001, 552), (50_000, 552), (1000, 250)] {
        talk.expect("MAIL FROM:<a@x.test> SIZE=1000", 250).await;
        talk.expect("RCPT TO:<a@x.test>", 250).await;
        talk.expect("DATA", 354).await;
        talk.say(&format!("{}\r\n.\r\n", "x".repeat(bytes - 2)))
            .await;
        assert_eq!(talk.hear().await.0, code, "{bytes}");
        if code == 250 {
            assert_eq!(sink.next().await.bytes.len(), bytes);
        }
    }
    assert!(!sink.has_more());
}

#[tokio::test]
async fn commands_out_of_order_and_mistaken_are_refused() {
    let sink = Running::start(Options::default()).await;
    let mut talk = Talk::to(sink.address).await;
    for (line, code) in [
        ("MAIL FROM:<a@x.test>", 503),
        ("EHLO x", 250),
        ("RCPT TO:<a@x.test>", 503),
        ("DATA", 503),
        ("MAIL FROM:a@x.test", 501),
        ("STARTTLS", 502),
        ("AUTH PLAIN AGEAYg==", 503),
        ("NONSENSE", 500),
        ("MAIL FROM:<a@x.test>", 250),
        ("MAIL FROM:<a@x.test>", 503),
        ("DATA", 554),
        ("RSET", 250),
        ("NOOP", 250),
        ("VRFY a", 252),
        ("RCPT TO:<a@x.test>", 503),
    ] {
        talk.expect(line, code).await;
    }
    let (code, _) = talk.ask(&format!("EHLO {}", "x".repeat(5000))).await;
    assert!(code >= 500, "a line that is too long: {code}");
}

#[tokio::test]
async fn only_this_machine_is_listened_to() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let listen = listen.parse().expect("an address");
        let bound = Sink::bind(Options {
            listen,
            ..Options::default()
        })
        .await;
        assert!(matches!(bound, Err(Error::NotLoopback(refused)) if refused == listen));
    }
}
