//! Servers of other machines: what is kept from them. They are played by one behind an address of this machine that is not
//! loopback.

use std::net::UdpSocket;

use transport::{
    Credentials,
    sink::Options as SinkOptions,
    smtp::{Cause, Mailer, Phase, Refused, Relay, Unfit},
};

use super::{MESSAGE, options, relay, to};
use crate::{front::Front, sink::Running};

/// A sink that seems to be elsewhere.
async fn elsewhere() -> (Running, Relay) {
    // Nothing is sent: the system only chooses where it would come from.
    let socket = UdpSocket::bind("0.0.0.0:0").expect("a socket");
    let routed = socket.connect("192.0.2.1:9");
    routed.expect("this machine has an address beyond loopback");
    let own = socket.local_addr().expect("an address").ip();
    assert!(!own.is_loopback(), "{own}");
    let sink = Running::start(SinkOptions::default()).await;
    let front = Front::at(own, sink.address).await;
    (sink, relay(front.address))
}

#[tokio::test]
async fn a_password_is_not_sent_in_clear() {
    let (mut sink, mut relay) = elsewhere().await;
    relay.credentials = Some(Credentials::new("ann", "secret"));
    let mailer = Mailer::new(options());
    let sent = mailer.send(&relay, &to("ann@mail.com"), MESSAGE).await;
    let Err(Refused::NotReached {
        phase: Phase::SignIn,
        cause: Cause::PasswordInClear,
    }) = sent
    else {
        panic!("{sent:?}");
    };
    // Nor is it again: nothing will change before the account does.
    assert!(mailer.away(&relay).is_some());
    relay.credentials = None;
    let sent = mailer.send(&relay, &to("ann@mail.com"), MESSAGE).await;
    sent.expect("accepted, as nobody");
    sink.next().await;
    assert!(!sink.has_more());
}

#[tokio::test]
async fn mail_for_nobody_stays_on_this_machine() {
    let (mut sink, relay) = elsewhere().await;
    let mailer = Mailer::new(options());
    for address in ["lead@acme.test", "lead@mail.EXAMPLE.com"] {
        let sent = mailer.send(&relay, &to(address), MESSAGE).await;
        let Err(Refused::Unfit(Unfit::Reserved(refused))) = sent else {
            panic!("{sent:?}");
        };
        assert_eq!(refused, address);
    }
    let sent = mailer.send(&relay, &to("ann@mail.com"), MESSAGE).await;
    sent.expect("accepted");
    assert_eq!(sink.next().await.to, ["ann@mail.com"]);
    assert!(!sink.has_more());
}
