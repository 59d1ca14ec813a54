//! STARTTLS (RFC 3207) and AUTH (RFC 4954).

use transport::{Credentials, sink::Options};

use super::Running;
use crate::{certificate::Certificate, talk::Talk};

fn asking(certificate: Option<&Certificate>) -> Options {
    Options {
        tls: certificate.map(|made| made.config.clone()),
        credentials: Some(Credentials::new("ann", "secret")),
        ..Options::default()
    }
}

#[tokio::test]
async fn a_password_is_asked_for_behind_tls() {
    let certificate = Certificate::new();
    let mut sink = Running::start(asking(Some(&certificate))).await;
    let mut talk = Talk::to(sink.address).await;
    let (_, hello) = talk.ask("EHLO x").await;
    assert!(
        hello.contains("STARTTLS") && !hello.contains("AUTH"),
        "{hello}"
    );
    talk.expect("AUTH PLAIN AGFubgBzZWNyZXQ=", 503).await;
    talk.expect("STARTTLS", 220).await;
    let mut talk = talk.encrypt(&certificate).await;
    let (_, hello) = talk.ask("EHLO x").await;
    assert!(!hello.contains("STARTTLS"), "{hello}");
    assert!(
        hello.contains("AUTH PLAIN LOGIN") || hello.contains("AUTH LOGIN PLAIN"),
        "{hello}"
    );
    talk.expect("MAIL FROM:<a@x.test>", 530).await;
    talk.expect("AUTH PLAIN AGFubgB3cm9uZw==", 535).await;
    talk.expect("AUTH CRAM-MD5", 504).await;
    talk.expect("AUTH PLAIN ????", 501).await;
    talk.expect("AUTH PLAIN AGFubgBzZWNyZXQ=", 235).await;
    talk.expect("MAIL FROM:<a@x.test>", 250).await;
    talk.expect("RCPT TO:<a@x.test>", 250).await;
    talk.expect("DATA", 354).await;
    talk.expect("x\r\n.", 250).await;
    let message = sink.next().await;
    assert!(message.encrypted);
    assert_eq!(message.user.as_deref(), Some("ann"));
}

#[tokio::test]
async fn the_password_may_come_by_and_by() {
    let sink = Running::start(asking(None)).await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO x", 250).await;
    assert_eq!(
        talk.ask("AUTH LOGIN").await,
        (334, "VXNlcm5hbWU6".to_owned())
    );
    assert_eq!(talk.ask("YW5u").await, (334, "UGFzc3dvcmQ6".to_owned()));
    talk.expect("c2VjcmV0", 235).await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO x", 250).await;
    talk.expect("AUTH PLAIN", 334).await;
    talk.expect("AGFubgBzZWNyZXQ=", 235).await;
}

/// What was said before TLS, in the same piece as STARTTLS, is not taken as said behind it.
#[tokio::test]
async fn nothing_is_smuggled_into_tls() {
    let certificate = Certificate::new();
    let sink = Running::start(asking(Some(&certificate))).await;
    let mut talk = Talk::to(sink.address).await;
    talk.expect("EHLO x", 250).await;
    talk.say("STARTTLS\r\nNONSENSE\r\n").await;
    assert_eq!(talk.hear().await.0, 220);
    let mut talk = talk.encrypt(&certificate).await;
    talk.expect("NOOP", 250).await;
    // What was known before is forgotten, the greeting with it.
    talk.expect("MAIL FROM:<a@x.test>", 503).await;
}

#[tokio::test]
async fn tls_may_come_first() {
    let certificate = Certificate::new();
    let sink = Running::start(Options {
        implicit_tls: true,
        ..asking(Some(&certificate))
    })
    .await;
    let talk = Talk::unheard(sink.address).await;
    let mut talk = talk.encrypt(&certificate).await;
    assert_eq!(talk.hear().await.0, 220);
    talk.expect("EHLO x", 250).await;
    talk.expect("AUTH PLAIN AGFubgBzZWNyZXQ=", 235).await;
}
