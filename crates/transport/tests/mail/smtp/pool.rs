//! Connections are kept, bounded, and given up.

use std::time::Duration;

use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use transport::{
    Credentials,
    sink::{Fault, Moment, Options as SinkOptions, Script},
    smtp::{Cause, Mailer, Options, Phase, Refused},
};

use super::{MESSAGE, options, relay, to};
use crate::{front::Front, sink::Running};

/// A sink that counts its connections, and goes wrong by address: `reject+`, `defer+`, `drop+` and,
/// for an hour, `stay+`.
async fn counted() -> (Running, Front) {
    let script = Script::new(|address| match address.split_once('+')?.0 {
        "reject" => Some(Fault::reject()),
        "spam" => Some(Fault::answer(Moment::End, 554, "5.7.1 spam")),
        "drop" => Some(Fault::drop(Moment::Recipient)),
        "stay" => Some(Fault::delay(Moment::Recipient, Duration::from_secs(3600))),
        "slow" => Some(Fault::delay(Moment::Recipient, Duration::from_millis(50))),
        _ => None,
    });
    let sink = Running::start(SinkOptions {
        script,
        ..SinkOptions::default()
    });
    let sink = sink.await;
    let front = Front::of(sink.address).await;
    (sink, front)
}

#[tokio::test]
async fn a_connection_carries_many_messages() {
    let (_sink, front) = counted().await;
    let mailer = Mailer::new(options());
    let relay = relay(front.address);
    for address in [
        "a@x.test",
        "reject+a@x.test",
        "b@x.test",
        "spam+a@x.test",
        "c@x.test",
    ] {
        let sent = mailer.send(&relay, &to(address), MESSAGE).await;
        assert_eq!(sent.is_ok(), !address.contains('+'), "{address}: {sent:?}");
    }
    assert_eq!(front.made(), 1);
    let dropped = mailer.send(&relay, &to("drop+a@x.test"), MESSAGE).await;
    assert!(
        matches!(dropped, Err(Refused::NotReached { .. })),
        "{dropped:?}"
    );
    let sent = mailer.send(&relay, &to("d@x.test"), MESSAGE).await;
    sent.expect("accepted, on another connection");
    assert_eq!(front.made(), 2);
}

#[tokio::test]
async fn a_connection_carries_no_more_than_its_messages() {
    let (_sink, front) = counted().await;
    let mailer = Mailer::new(Options {
        messages_per_connection: 2,
        ..options()
    });
    for _ in 0..5 {
        let sent = mailer
            .send(&relay(front.address), &to("a@x.test"), MESSAGE)
            .await;
        sent.expect("accepted");
    }
    assert_eq!(front.made(), 3);
}

#[tokio::test]
async fn connections_to_a_relay_are_bounded() {
    let (_sink, front) = counted().await;
    let mailer = Mailer::new(Options {
        max_connections: 2,
        ..options()
    });
    let mut sending = JoinSet::new();
    for _ in 0..8 {
        let (mailer, relay) = (mailer.clone(), relay(front.address));
        sending.spawn(async move { mailer.send(&relay, &to("slow+a@x.test"), MESSAGE).await });
    }
    for sent in sending.join_all().await {
        sent.expect("accepted");
    }
    assert_eq!(front.most(), 2);
}

#[tokio::test]
async fn who_waits_too_long_for_a_connection_is_told_so() {
    let (_sink, front) = counted().await;
    let mailer = Mailer::new(Options {
        max_connections: 1,
        wait: Duration::from_millis(100),
        ..options()
    });
    let (busy, relay) = (mailer.clone(), relay(front.address));
    let held = relay.clone();
    let holder = tokio::spawn(async move { busy.send(&held, &to("stay+a@x.test"), MESSAGE).await });
    while front.made() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
    assert!(
        matches!(
            &sent,
            Err(Refused::NotReached {
                phase: Phase::Connect,
                cause: Cause::Busy
            })
        ),
        "{sent:?}"
    );
    holder.abort();
}

/// What was half said on the connection is not ended by the next message.
#[tokio::test]
async fn a_message_that_was_given_up_takes_its_connection_along() {
    let (mut sink, front) = counted().await;
    let mailer = Mailer::new(Options {
        max_connections: 1,
        ..options()
    });
    let relay = relay(front.address);
    let stay = to("stay+a@x.test");
    let sending = mailer.send(&relay, &stay, MESSAGE);
    let soon = Duration::from_millis(200);
    assert!(timeout(soon, sending).await.is_err());
    let sent = mailer.send(&relay, &to("b@x.test"), MESSAGE).await;
    sent.expect("accepted");
    assert_eq!(sink.next().await.to, ["b@x.test"]);
    assert_eq!(front.made(), 2);
}

/// The server has said good-bye between two messages, so the second is sent on another connection.
#[tokio::test]
async fn a_connection_that_the_server_has_left_costs_no_message() {
    let sink = Running::start(SinkOptions {
        patience: Duration::from_millis(50),
        ..SinkOptions::default()
    });
    let sink = sink.await;
    let front = Front::of(sink.address).await;
    let mailer = Mailer::new(options());
    let relay = relay(front.address);
    for made in 1..4 {
        let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
        sent.expect("accepted");
        assert_eq!(front.made(), made);
        sleep(Duration::from_millis(150)).await;
    }
}

#[tokio::test]
async fn who_signs_in_otherwise_has_another_connection() {
    let sink = Running::start(SinkOptions {
        credentials: Some(Credentials::new("ann", "secret")),
        ..SinkOptions::default()
    });
    let mut sink = sink.await;
    let front = Front::of(sink.address).await;
    let mailer = Mailer::new(options());
    let mut relay = relay(front.address);
    relay.credentials = Some(Credentials::new("ann", "secret"));
    let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
    sent.expect("accepted");
    assert_eq!(sink.next().await.user.as_deref(), Some("ann"));
    relay.credentials = Some(Credentials::new("ann", "wrong"));
    let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
    assert!(matches!(sent, Err(Refused::Rejected(_))), "{sent:?}");
    assert_eq!(front.made(), 2);
}

#[tokio::test]
async fn connections_that_nobody_uses_are_left() {
    let (_sink, front) = counted().await;
    let relay = relay(front.address);
    for idle in [Duration::from_millis(100), Duration::from_secs(3600)] {
        let mailer = Mailer::new(Options { idle, ..options() });
        let sent = mailer.send(&relay, &to("a@x.test"), MESSAGE).await;
        sent.expect("accepted");
        assert_eq!(front.open(), 1);
        if idle > Duration::from_secs(1) {
            mailer.close().await;
        }
        let left = async {
            while front.open() > 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let patience = Duration::from_secs(10);
        timeout(patience, left).await.expect("nobody is connected");
    }
}
