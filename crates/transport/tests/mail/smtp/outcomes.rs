//! The four things that can become of a message, told apart at each moment.

use std::time::Duration;

use tokio::net::TcpListener;
use transport::{
    sink::{Fault, Moment, Options as SinkOptions, Script},
    smtp::{Cause, Mailer, Options, Phase, Refused, Timeouts},
};

use super::{MESSAGE, options, relay, send, to};
use crate::sink::Running;

/// Larger than what the system takes without the other side reading.
const LARGE: usize = 16 * 1024 * 1024;

async fn faulty(fault: Fault) -> Running {
    Running::start(SinkOptions {
        script: Script::new(move |_| Some(fault.clone())),
        ..SinkOptions::default()
    })
    .await
}

/// Sends a message to a sink that has this fault; true if the sink kept it.
async fn outcome(fault: Fault, bytes: &[u8]) -> (Refused, bool) {
    let mut sink = faulty(fault).await;
    let sent = send(&relay(sink.address), "to@x.test", bytes).await;
    let refused = sent.expect_err("a refusal");
    sink.stop();
    let kept = sink.has_more();
    (refused, kept)
}

fn large() -> Vec<u8> {
    format!("Subject: large\r\n\r\n{}\r\n", "x".repeat(LARGE)).into_bytes()
}

#[tokio::test]
async fn answers_are_told_apart() {
    let recipient = Phase::Recipient("to@x.test".to_owned());
    for (fault, phase, code, status, text, for_good) in [
        (
            Fault::reject(),
            &recipient,
            550,
            Some("5.1.1"),
            "5.1.1 no such mailbox",
            true,
        ),
        (
            Fault::defer(),
            &recipient,
            450,
            Some("4.2.1"),
            "4.2.1 try again later",
            false,
        ),
        (
            Fault::answer(Moment::Recipient, 421, "going"),
            &recipient,
            421,
            None,
            "going",
            false,
        ),
        (
            Fault::answer(Moment::End, 554, "spam"),
            &Phase::Content,
            554,
            None,
            "spam",
            true,
        ),
        (
            Fault::answer(Moment::End, 451, "busy"),
            &Phase::Content,
            451,
            None,
            "busy",
            false,
        ),
    ] {
        let (refused, kept) = outcome(fault.clone(), MESSAGE).await;
        assert!(!kept, "{fault:?}");
        let answer = match refused {
            Refused::Rejected(answer) if for_good => answer,
            Refused::Later(answer) if !for_good => answer,
            other => panic!("{fault:?}: {other:?}"),
        };
        assert_eq!((&answer.phase, answer.code), (phase, code));
        assert_eq!(
            (answer.status.as_deref(), answer.text.as_str()),
            (status, text)
        );
        assert!(answer.phase.is_about_message());
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_end_is_not_reached() {
    let recipient = Phase::Recipient("to@x.test".to_owned());
    for (moment, expected) in [
        (Moment::Recipient, recipient),
        (Moment::Content, Phase::Content),
    ] {
        let (refused, kept) = outcome(Fault::drop(moment), &large()).await;
        let Refused::NotReached { phase, cause } = refused else {
            panic!("{moment:?}: {refused:?}");
        };
        assert_eq!(phase, expected);
        assert!(matches!(cause, Cause::Smtp(_)), "{cause:?}");
        assert!(!kept);
    }
}

/// Kept or not, nobody can know.
#[tokio::test]
async fn a_connection_lost_after_the_end_is_unknown() {
    for (moment, was_kept) in [(Moment::End, false), (Moment::Kept, true)] {
        for bytes in [MESSAGE.to_vec(), large()] {
            let (refused, kept) = outcome(Fault::drop(moment), &bytes).await;
            assert!(matches!(refused, Refused::Unknown { .. }), "{refused:?}");
            assert_eq!(kept, was_kept, "{moment:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_unknown() {
    let mut sink = faulty(Fault::delay(Moment::Kept, Duration::from_secs(3600))).await;
    let answer = Duration::from_millis(200);
    let impatient = Mailer::new(Options {
        timeouts: Timeouts {
            answer,
            ..options().timeouts
        },
        ..options()
    });
    let relay = relay(sink.address);
    let sent = impatient.send(&relay, &to("to@x.test"), MESSAGE).await;
    assert!(
        matches!(&sent, Err(Refused::Unknown { cause: Cause::TimedOut(waited) }) if *waited == answer),
        "{sent:?}"
    );
    assert_eq!(sink.next().await.to, ["to@x.test"]);
}

/// A server that hangs before the end has not taken the message, however long it is waited for.
#[tokio::test]
async fn a_server_that_hangs_before_the_end_is_not_reached() {
    let short = Duration::from_millis(200);
    // All that comes before the moment at which it hangs is done in that time, too.
    let longer = Duration::from_secs(1);
    let of_each = Timeouts {
        command: short,
        content: short,
        ..options().timeouts
    };
    let of_all = Timeouts {
        message: longer,
        ..options().timeouts
    };
    hangs(of_each, short, Phase::Greeting).await;
    hangs(of_all, longer, Phase::Connect).await;
}

async fn hangs(timeouts: Timeouts, longest: Duration, greeting: Phase) {
    let impatient = Mailer::new(Options {
        timeouts,
        ..options()
    });
    let slow = Running::start(SinkOptions {
        greeting_delay: Duration::from_secs(3600),
        ..SinkOptions::default()
    })
    .await;
    let hour = Duration::from_secs(3600);
    let deaf = faulty(Fault::delay(Moment::Recipient, hour)).await;
    let full = faulty(Fault::delay(Moment::Content, hour)).await;
    let recipient = Phase::Recipient("to@x.test".to_owned());
    for (sink, expected) in [(slow, greeting), (deaf, recipient), (full, Phase::Content)] {
        let relay = relay(sink.address);
        let sent = impatient.send(&relay, &to("to@x.test"), &large()).await;
        let Err(Refused::NotReached { phase, cause }) = sent else {
            panic!("{expected:?}: {sent:?}");
        };
        assert_eq!(phase, expected);
        assert!(matches!(cause, Cause::TimedOut(waited) if waited <= longest));
    }
}

#[tokio::test]
async fn nobody_who_listens_is_not_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let gone = relay(listener.local_addr().expect("an address"));
    drop(listener);
    let mut nameless = gone.clone();
    nameless.server.host = "no-such-host.invalid".to_owned();
    let mut elsewhere = gone.clone();
    elsewhere.server.local_address = Some("::1".parse().expect("an address"));
    for relay in [gone, nameless, elsewhere] {
        let sent = send(&relay, "to@x.test", MESSAGE).await;
        let Err(Refused::NotReached { phase, cause }) = sent else {
            panic!("{sent:?}");
        };
        assert_eq!(phase, Phase::Connect);
        assert!(matches!(cause, Cause::Io(_)), "{cause:?}");
    }
}
