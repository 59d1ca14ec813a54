//! What fetches mail, from Dovecot and from servers that do not as they should.

mod bounds;
mod errors;
mod messages;
mod scripted;
mod wait;

use dovecot::{Dovecot, HOST, PASSWORD, USER};
use transport::{
    Credentials, Security, Server,
    imap::{Account, Error, Inbox, Message, Options, Place},
};

/// The user's inbox.
pub fn account(dovecot: &Dovecot, security: Security) -> Account {
    let port = match security {
        Security::Tls => dovecot.imaps(),
        Security::None | Security::StartTls => dovecot.imap(),
    };
    let mut server = Server::new(HOST, port, security);
    server.authority = Some(dovecot.authority().to_owned());
    Account {
        server,
        credentials: Credentials::new(USER, PASSWORD),
        mailbox: "INBOX".to_owned(),
    }
}

pub async fn open(dovecot: &Dovecot) -> Inbox {
    let account = account(dovecot, Security::Tls);
    let opened = Inbox::open(&account, Options::default()).await;
    opened.unwrap_or_else(|error| panic!("{error:?}"))
}

/// All messages after a place.
pub async fn all(inbox: &mut Inbox, after: Option<Place>) -> Result<Vec<Message>, Error> {
    let mut messages = inbox.after(after);
    let mut all = Vec::new();
    while let Some(message) = messages.next().await? {
        all.push(message);
    }
    Ok(all)
}

/// A message that is told from others by its number.
pub fn numbered(number: usize) -> Vec<u8> {
    format!("Subject: {number}\r\n\r\nä\r\n").into_bytes()
}
