//! Mailboxes that are read by a worker, from Dovecot: each message becomes one of its account's tenant, once.

mod failing;
mod listened;
mod post;
mod taken;

use post::Post;

/// A message that is told from others by its number.
fn numbered(number: u32) -> Vec<u8> {
    format!(
        "From: a@x.test\r\nTo: b@x.test\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\nSubject: Number {number}\r\n\r\nwords\r\n"
    )
    .into_bytes()
}
