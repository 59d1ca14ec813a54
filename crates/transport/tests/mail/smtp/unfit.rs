//! What is wrong with a message is told before anybody is connected to.

use transport::smtp::{Envelope, Mailer, Refused, Unfit};

use super::{MESSAGE, options, relay};

#[tokio::test]
async fn messages_that_can_not_be_sent_are_not() {
    // Nobody listens there.
    let relay = relay("127.0.0.1:1".parse().expect("an address"));
    let mailer = Mailer::new(options());
    let bad = "to@x.test>\r\nDATA".to_owned();
    for (from, to, bytes, expected) in [
        (None, vec![], MESSAGE, Unfit::Nobody),
        (
            None,
            vec![bad.clone()],
            MESSAGE,
            Unfit::Address(bad.clone()),
        ),
        (
            Some(bad.clone()),
            vec!["a@x.test".to_owned()],
            MESSAGE,
            Unfit::Address(bad),
        ),
        (
            None,
            vec!["a@x.test".to_owned()],
            b"a\r\n\r\nb\n.\r\nMAIL",
            Unfit::LineEnd,
        ),
    ] {
        let envelope = Envelope { from, to };
        let sent = mailer.send(&relay, &envelope, bytes).await;
        let Err(Refused::Unfit(unfit)) = sent else {
            panic!("{sent:?}");
        };
        assert_eq!(unfit, expected);
    }
}
