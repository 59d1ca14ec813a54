//! What arrives is what was sent.

use transport::{
    sink::Options as SinkOptions,
    smtp::{Envelope, Mailer},
};

use super::{MESSAGE, options, relay, send};
use crate::sink::Running;

#[tokio::test]
async fn bytes_arrive_as_they_are() {
    let mut sink = Running::start(SinkOptions::default()).await;
    let relay = relay(sink.address);
    let long = format!("A: b\r\n\r\n.{}\r\n.\r\n..\r\n", "\r\n.x".repeat(40_000));
    for bytes in [
        MESSAGE,
        b".\r\n",
        b"A: b\r\n\r\n\r\n\r\n",
        "Subject: grüße\r\n\r\nä\r\n".as_bytes(),
        long.as_bytes(),
    ] {
        let accepted = send(&relay, "to@x.test", bytes).await.expect("accepted");
        assert_eq!(accepted.response, "250 2.6.0 kept");
        assert!(sink.next().await.bytes == bytes);
    }
    send(&relay, "to@x.test", b"A: b\r\n\r\nno end")
        .await
        .expect("accepted");
    assert_eq!(sink.next().await.bytes, b"A: b\r\n\r\nno end\r\n");
}

#[tokio::test]
async fn the_envelope_is_its_own() {
    let mut sink = Running::start(SinkOptions::default()).await;
    let envelope = Envelope {
        from: None,
        to: vec!["grüße@x.test".to_owned(), "a@bücher.test".to_owned()],
    };
    let mailer = Mailer::new(options());
    let sent = mailer.send(&relay(sink.address), &envelope, MESSAGE).await;
    sent.expect("accepted");
    let message = sink.next().await;
    assert_eq!(message.from, "");
    assert_eq!(message.to, ["grüße@x.test", "a@xn--bcher-kva.test"]);
}
