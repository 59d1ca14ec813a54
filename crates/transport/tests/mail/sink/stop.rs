//! A sink that stops lets messages end, and nothing else.

use tokio::net::TcpStream;
use transport::sink::Options;

use super::Running;
use crate::talk::Talk;

#[tokio::test]
async fn a_message_ends_and_nobody_else_is_served() {
    let mut sink = Running::start(Options::default()).await;
    let address = sink.address;
    let mut idle = Talk::to(address).await;
    idle.expect("EHLO x", 250).await;
    let mut busy = Talk::to(address).await;
    busy.expect("EHLO x", 250).await;
    busy.expect("MAIL FROM:<a@x.test>", 250).await;
    busy.expect("RCPT TO:<a@x.test>", 250).await;
    busy.expect("DATA", 354).await;
    sink.stop();
    assert_eq!(idle.hear().await.0, 421);
    assert!(idle.is_over().await);
    assert!(TcpStream::connect(address).await.is_err());
    busy.expect("x\r\n.", 250).await;
    assert_eq!(busy.hear().await.0, 421);
    assert_eq!(sink.next().await.bytes, b"x\r\n");
    sink.end().await;
}

#[tokio::test]
async fn who_says_nothing_is_sent_away() {
    let sink = Running::start(Options {
        patience: std::time::Duration::from_millis(50),
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    assert_eq!(talk.hear().await.0, 421);
    assert!(talk.is_over().await);
}
