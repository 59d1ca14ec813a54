//! Where TLS is asked for, there is TLS, with a server that is who it should be.

use transport::{
    Credentials, Security,
    sink::Options as SinkOptions,
    smtp::{Phase, Refused, Relay},
};

use super::{MESSAGE, relay, send};
use crate::{certificate::Certificate, sink::Running};

struct Secure {
    sink: Running,
    relay: Relay,
}

/// A sink behind TLS that wants a password, and how to reach it.
async fn secure(security: Security) -> Secure {
    let certificate = Certificate::new();
    let sink = Running::start(SinkOptions {
        tls: Some(certificate.config.clone()),
        implicit_tls: security == Security::Tls,
        credentials: Some(Credentials::new("ann", "secret")),
        ..SinkOptions::default()
    })
    .await;
    let mut relay = relay(sink.address);
    relay.server.host = "localhost".to_owned();
    relay.server.security = security;
    relay.server.authority = Some(certificate.pem);
    relay.credentials = Some(Credentials::new("ann", "secret"));
    Secure { sink, relay }
}

/// The phase at which the server was not reached.
async fn failed(relay: &Relay) -> Phase {
    match send(relay, "to@x.test", MESSAGE).await {
        Err(Refused::NotReached { phase, .. }) => phase,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn mail_goes_through_tls_after_signing_in() {
    for security in [Security::StartTls, Security::Tls] {
        let mut secure = secure(security).await;
        let sent = send(&secure.relay, "to@x.test", MESSAGE).await;
        sent.expect("accepted");
        let message = secure.sink.next().await;
        assert!(message.encrypted, "{security:?}");
        assert_eq!(message.user.as_deref(), Some("ann"));
    }
}

#[tokio::test]
async fn a_server_that_is_not_trusted_is_not_reached() {
    for security in [Security::StartTls, Security::Tls] {
        let Secure { mut sink, relay } = secure(security).await;
        let mut unknown = relay.clone();
        unknown.server.authority = None;
        assert_eq!(failed(&unknown).await, Phase::Tls, "{security:?}");
        let mut other = relay.clone();
        other.server.authority = Some(Certificate::new().pem);
        assert_eq!(failed(&other).await, Phase::Tls, "{security:?}");
        let mut misnamed = relay.clone();
        misnamed.server.host = "127.0.0.1".to_owned();
        assert_eq!(failed(&misnamed).await, Phase::Tls, "{security:?}");
        let mut spoiled = relay;
        let begin = "-----BEGIN CERTIFICATE-----";
        let end = "-----END CERTIFICATE-----";
        spoiled.server.authority = Some(format!("{begin}\nAAAA\n{end}\n"));
        assert_eq!(failed(&spoiled).await, Phase::Tls, "{security:?}");
        assert!(!sink.has_more());
    }
}

/// Nothing is sent in clear instead.
#[tokio::test]
async fn a_server_without_tls_is_not_reached() {
    let mut sink = Running::start(SinkOptions::default()).await;
    let mut relay = relay(sink.address);
    relay.server.security = Security::StartTls;
    let sent = send(&relay, "to@x.test", MESSAGE).await;
    let text = format!("{:?}", sent.expect_err("a refusal"));
    assert!(text.contains("NoStartTls"), "{text}");
    relay.server.security = Security::Tls;
    assert_eq!(failed(&relay).await, Phase::Tls);
    assert!(!sink.has_more());
}

#[tokio::test]
async fn a_wrong_password_is_about_the_account() {
    let Secure { sink: _sink, relay } = secure(Security::StartTls).await;
    let mut wrong = relay;
    wrong.credentials = Some(Credentials::new("ann", "wrong"));
    let sent = send(&wrong, "to@x.test", MESSAGE).await;
    let Err(Refused::Rejected(answer)) = sent else {
        panic!("{sent:?}");
    };
    assert_eq!((answer.phase.clone(), answer.code), (Phase::SignIn, 535));
    assert_eq!(answer.status.as_deref(), Some("5.7.8"));
    assert!(!answer.phase.is_about_message());
}

#[test]
fn a_password_does_not_print_itself() {
    let known = Credentials::new("ann", "secret");
    let text = format!("{known:?}");
    assert!(text.contains("ann") && !text.contains("secret"), "{text}");
}
