//! New mail is told of as it comes.

use std::time::Duration;

use dovecot::Dovecot;
use tokio::time::timeout;
use transport::imap::{Cause, Error};

use super::{all, numbered, open};

/// Longer than a test may take.
const LONG: Duration = Duration::from_secs(600);
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_wait_ends_with_a_message() {
    let dovecot = Dovecot::start(None).await;
    let mut inbox = open(&dovecot).await;
    for number in 1..4 {
        let deliver = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            dovecot.deliver(&numbered(number));
        };
        let waited = timeout(PATIENCE, async {
            tokio::join!(inbox.wait(LONG), deliver).0
        });
        waited.await.expect("in time").expect("a connection");
        assert_eq!(all(&mut inbox, None).await.expect("messages").len(), number);
    }
    let soon = Duration::from_millis(300);
    let waited = timeout(soon, inbox.wait(LONG)).await;
    assert!(waited.is_err(), "there is nothing new");
}

/// It may come between the last look and the wait.
#[tokio::test]
async fn a_message_that_came_before_the_wait_is_told_of() {
    let dovecot = Dovecot::start(None).await;
    let mut inbox = open(&dovecot).await;
    for number in 1..4 {
        dovecot.deliver(&numbered(number));
        let waited = timeout(PATIENCE, inbox.wait(LONG)).await;
        waited.expect("in time").expect("a connection");
        assert_eq!(all(&mut inbox, None).await.expect("messages").len(), number);
    }
}

#[tokio::test]
async fn a_wait_ends_by_itself() {
    let dovecot = Dovecot::start(None).await;
    let mut inbox = open(&dovecot).await;
    for _ in 0..2 {
        let waited = timeout(PATIENCE, inbox.wait(Duration::from_millis(50))).await;
        waited.expect("in time").expect("a connection");
    }
    dovecot.deliver(&numbered(1));
    assert_eq!(all(&mut inbox, None).await.expect("messages").len(), 1);
}

#[tokio::test]
async fn a_connection_whose_wait_was_dropped_is_not_used() {
    let dovecot = Dovecot::start(None).await;
    let mut inbox = open(&dovecot).await;
    let soon = Duration::from_millis(200);
    assert!(timeout(soon, inbox.wait(LONG)).await.is_err());
    let used = all(&mut inbox, None).await;
    assert!(
        matches!(used, Err(Error::NotReached(Cause::HalfSaid))),
        "{used:?}"
    );
}
