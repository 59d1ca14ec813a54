//! Each trouble at each moment shows as it should, and to nobody else.

use std::time::Duration;

use transport::sink::{Fault, Moment, Options, Reply, Script, Trouble};

use super::Running;
use crate::talk::Talk;

async fn scripted(fault: Fault) -> (Running, Talk) {
    let script = Script::new(move |to| to.starts_with("bad@").then(|| fault.clone()));
    let sink = Running::start(Options {
        script,
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO x", 250).await;
    talk.expect("MAIL FROM:<a@x.test>", 250).await;
    (sink, talk)
}

#[tokio::test]
async fn a_recipient_is_refused_and_others_are_not() {
    let (mut sink, mut talk) = scripted(Fault::reject()).await;
    talk.expect("RCPT TO:<bad@x.test>", 550).await;
    talk.expect("DATA", 554).await;
    talk.expect("RCPT TO:<good@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.expect("x\r\n.", 250).await;
    assert_eq!(sink.next().await.to, ["good@x.test"]);
    let (_sink, mut talk) = scripted(Fault::defer()).await;
    talk.expect("RCPT TO:<bad@x.test>", 450).await;
}

#[tokio::test]
async fn content_is_refused_and_not_kept() {
    let (mut sink, mut talk) = scripted(Fault::answer(Moment::End, 554, "5.6.0 no")).await;
    talk.expect("RCPT TO:<bad@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.expect("x\r\n.", 554).await;
    assert!(!sink.has_more());
    talk.expect("MAIL FROM:<a@x.test>", 250).await;
}

#[tokio::test]
async fn connections_end_at_their_moment() {
    for (at, kept) in [
        (Moment::Recipient, false),
        (Moment::Content, false),
        (Moment::End, false),
        (Moment::Kept, true),
    ] {
        let (mut sink, mut talk) = scripted(Fault::drop(at)).await;
        talk.say("RCPT TO:<bad@x.test>\r\n").await;
        if at != Moment::Recipient {
            assert_eq!(talk.hear().await.0, 250);
            talk.expect("DATA", 354).await;
            let end = if at == Moment::Content { "" } else { ".\r\n" };
            talk.say(&format!("x\r\n{end}")).await;
        }
        assert!(talk.is_over().await, "{at:?}");
        assert_eq!(sink.has_more(), kept, "{at:?}");
    }
}

/// The message is there while its sender waits.
#[tokio::test]
async fn an_answer_is_late() {
    let late = Fault::delay(Moment::Kept, Duration::from_secs(3600));
    let (mut sink, mut talk) = scripted(late).await;
    talk.expect("RCPT TO:<bad@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.say("x\r\n.\r\n").await;
    assert_eq!(sink.next().await.bytes, b"x\r\n");
    let soon = Duration::from_millis(100);
    assert!(tokio::time::timeout(soon, talk.hear()).await.is_err());
}

#[tokio::test]
async fn an_address_chooses_its_fault() {
    let sink = Running::start(Options {
        script: Script::by_address(),
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO x", 250).await;
    talk.expect("MAIL FROM:<a@x.test>", 250).await;
    talk.expect("RCPT TO:<reject+ann@x.test>", 550).await;
    talk.expect("RCPT TO:<defer+ann@x.test>", 450).await;
    talk.expect("RCPT TO:<ann+reject@x.test>", 250).await;
    talk.expect("RCPT TO:<ann@x.test>", 250).await;
}

#[tokio::test]
async fn an_answer_in_the_middle_ends_the_connection() {
    let away = Trouble::Answer(Reply::new(421, "4.3.2 going away"));
    let (mut sink, mut talk) = scripted(Fault {
        at: Moment::Content,
        trouble: away,
    })
    .await;
    talk.expect("RCPT TO:<bad@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.expect("x", 421).await;
    assert!(talk.is_over().await && !sink.has_more());
}
