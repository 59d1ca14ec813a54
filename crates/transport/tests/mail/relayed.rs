//! Mail goes by a server of others on its way from what sends to the sink: Dovecot's submission service
//! takes it from the one, behind TLS and with a password, and gives it to the other.

use dovecot::{Dovecot, HOST, PASSWORD, USER};
use transport::{
    Credentials, Security, Server,
    sink::{Fault, Moment, Options as SinkOptions, Script},
    smtp::{Envelope, Mailer, Phase, Refused, Relay},
};

use crate::{
    sink::Running,
    smtp::{MESSAGE, options, to},
};

struct Between {
    sink: Running,
    dovecot: Dovecot,
}

impl Between {
    async fn start() -> Self {
        let script = Script::new(|address| match address.split_once('+')?.0 {
            "reject" => Some(Fault::reject()),
            "defer" => Some(Fault::defer()),
            "spam" => Some(Fault::answer(Moment::End, 554, "5.7.1 spam")),
            _ => None,
        });
        let sink = Running::start(SinkOptions {
            script,
            ..SinkOptions::default()
        });
        let sink = sink.await;
        let dovecot = Dovecot::start(Some(sink.address)).await;
        Self { sink, dovecot }
    }

    fn relay(&self, security: Security) -> Relay {
        let port = match security {
            Security::Tls => self.dovecot.submissions(),
            Security::None | Security::StartTls => self.dovecot.submission(),
        };
        let mut server = Server::new(HOST, port, security);
        server.authority = Some(self.dovecot.authority().to_owned());
        Relay {
            server,
            credentials: Some(Credentials::new(USER, PASSWORD)),
            name: Some("client.x.test".to_owned()),
        }
    }
}

/// What arrived without the header that the server has put before it.
fn without_trace(bytes: &[u8]) -> &[u8] {
    let text = "Received: from client.x.test";
    assert!(
        bytes.starts_with(text.as_bytes()),
        "{}",
        String::from_utf8_lossy(bytes)
    );
    let end = bytes
        .windows(3)
        .position(|three| three.starts_with(b"\r\n") && !three[2].is_ascii_whitespace());
    &bytes[end.expect("the end of the header") + 2..]
}

#[tokio::test]
async fn mail_arrives_by_way_of_dovecot() {
    let mut between = Between::start().await;
    let mailer = Mailer::new(options());
    let wide = "Subject: grüße\r\n\r\n.\r\n..\r\nä\r\n".as_bytes();
    let large = format!("A: b\r\n\r\n{}", ".x\r\n".repeat(500_000));
    for security in [Security::StartTls, Security::Tls] {
        for bytes in [MESSAGE, wide, large.as_bytes()] {
            let relay = between.relay(security);
            let sent = mailer.send(&relay, &to("to@x.test"), bytes).await;
            sent.unwrap_or_else(|refused| panic!("{security:?}: {refused:?}"));
            let message = between.sink.next().await;
            assert_eq!(message.to, ["to@x.test"]);
            assert_eq!(message.from, "from@x.test");
            assert!(without_trace(&message.bytes) == bytes);
        }
    }
    let bounce = Envelope {
        from: None,
        to: vec!["a@x.test".to_owned(), "b@x.test".to_owned()],
    };
    let sent = mailer
        .send(&between.relay(Security::Tls), &bounce, MESSAGE)
        .await;
    sent.expect("accepted");
    let message = between.sink.next().await;
    assert_eq!((message.from.as_str(), message.to.len()), ("", 2));
}

#[tokio::test]
async fn refusals_come_through() {
    let mut between = Between::start().await;
    let mailer = Mailer::new(options());
    let relay = between.relay(Security::StartTls);
    for (address, code, status, for_good) in [
        ("reject+a@x.test", 550, "5.1.1", true),
        ("defer+a@x.test", 450, "4.2.1", false),
        ("spam+a@x.test", 554, "5.7.1", true),
    ] {
        let sent = mailer.send(&relay, &to(address), MESSAGE).await;
        let answer = match sent {
            Err(Refused::Rejected(answer)) if for_good => answer,
            Err(Refused::Later(answer)) if !for_good => answer,
            other => panic!("{address}: {other:?}"),
        };
        assert_eq!(
            (answer.code, answer.status.as_deref()),
            (code, Some(status))
        );
    }
    let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
    sent.expect("accepted, after three refusals");
    between.sink.next().await;
    assert!(!between.sink.has_more());
}

#[tokio::test]
async fn a_wrong_password_and_a_name_of_another_are_told() {
    let between = Between::start().await;
    let mailer = Mailer::new(options());
    let mut wrong = between.relay(Security::Tls);
    wrong.credentials = Some(Credentials::new(USER, "wrong"));
    let sent = mailer.send(&wrong, &to("a@x.test"), MESSAGE).await;
    let Err(Refused::Rejected(answer)) = sent else {
        panic!("{sent:?}");
    };
    assert_eq!((answer.phase, answer.code), (Phase::SignIn, 535));
    let mut misnamed = between.relay(Security::StartTls);
    misnamed.server.host = "127.0.0.1".to_owned();
    let sent = mailer.send(&misnamed, &to("a@x.test"), MESSAGE).await;
    assert!(
        matches!(
            &sent,
            Err(Refused::NotReached {
                phase: Phase::Tls,
                ..
            })
        ),
        "{sent:?}"
    );
}
