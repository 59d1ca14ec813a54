//! What somebody has to mend is told from what is to be tried again.

use dovecot::{Dovecot, USER};
use transport::{
    Credentials, Security,
    imap::{Account, Cause, Error, Inbox, Options},
};

use super::{account, all, numbered, open};
use crate::certificate::Certificate;

async fn refused(account: &Account) -> Error {
    let opened = Inbox::open(account, Options::default()).await;
    opened.err().expect("an error")
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let dovecot = Dovecot::start(None).await;
    let mut wrong = account(&dovecot, Security::Tls);
    wrong.credentials = Credentials::new(USER, "wrong");
    let error = refused(&wrong).await;
    assert!(matches!(error, Error::Credentials(_)), "{error:?}");
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_told() {
    let dovecot = Dovecot::start(None).await;
    for name in ["No such \"mailbox\"", "a\r\nb", "grüße"] {
        let mut elsewhere = account(&dovecot, Security::Tls);
        elsewhere.mailbox = name.to_owned();
        let error = refused(&elsewhere).await;
        assert!(matches!(error, Error::Refused(_)), "{name:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_trusted_is_not_reached() {
    let dovecot = Dovecot::start(None).await;
    for security in [Security::StartTls, Security::Tls] {
        let right = account(&dovecot, security);
        let mut unknown = right.clone();
        unknown.server.authority = None;
        let mut other = right.clone();
        other.server.authority = Some(Certificate::new().pem);
        let mut misnamed = right;
        misnamed.server.host = "127.0.0.1".to_owned();
        for account in [unknown, other, misnamed] {
            let error = refused(&account).await;
            assert!(
                matches!(error, Error::NotReached(Cause::Io(_))),
                "{security:?}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_fetched_stays_so_when_the_server_is_back() {
    let mut dovecot = Dovecot::start(None).await;
    (0..150).for_each(|number| dovecot.deliver(&numbered(number)));
    let mut inbox = open(&dovecot).await;
    let first = inbox.after(None).next().await.expect("a message");
    let place = first.map(|message| message.place);
    drop(inbox);
    dovecot.pause();
    let error = refused(&account(&dovecot, Security::Tls)).await;
    assert!(
        matches!(error, Error::NotReached(Cause::Io(_))),
        "{error:?}"
    );
    dovecot.resume().await;
    let mut inbox = open(&dovecot).await;
    let rest = all(&mut inbox, place).await.expect("messages");
    assert_eq!(rest.len(), 149);
}
