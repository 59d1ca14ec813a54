//! What comes back: mail that arrives becomes messages, and what it says of those that were sent is written down.
//!
//! ```text
//!   accept ── received_mail (content) ── jobs (queue) ── receive ┬─ email_messages, email_content, attachments (content)
//!                                                                ├─ the status of what it answers (content)
//!                                                                └─ leads, campaign_leads (transactional)
//! ```
//!
//! * `accept`: keeps mail before anybody is told that it is here, and queues the reading of it;
//! * `receive`: reads it, and does what it says;
//! * `tracking`: opens, clicks and unsubscribes;
//! * `mailbox`: fetches mail from the servers of accounts, and keeps it as `accept` does;
//! * `jobs`: what a worker has done by this crate;
//! * `maintenance`: what has expired goes, and what does not fit together is found;
//! * `status`: how far a message and a lead have come, which only ever goes on; `content`: bodies.
//!
//! No transaction spans two databases, and a worker can die at any moment. So everything is done in steps, each of them
//! one transaction, and each finds done what was done before: whoever begins again from the start changes nothing twice.
//! A step is in the context of one tenant and holds no other.
//!
//! What may not be in here: what a message says (`mail`), how it travels (`transport`), how jobs are handed out
//! (`worker`), HTTP.

mod accept;
pub mod content;
mod jobs;
mod mailbox;
mod maintenance;
mod receive;
pub mod rows;
mod status;
mod tracking;

use sea_orm::DbErr;
use tenant::{Database, Refusal, TenantContext};

pub use accept::Accepted;
pub use mailbox::Mailboxes;
pub use maintenance::{Orphans, Unknown};

/// What the work needs. Clones are the same.
#[derive(Clone)]
pub struct Inbox {
    database: Database,
}

impl Inbox {
    /// What works on these databases.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

/// Why work is not done. All of it may be begun again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no transaction to be had.
    #[error("a database could not be asked")]
    Refused(Refusal),
    /// A statement failed.
    #[error("a database did not do what it was asked")]
    Database(#[from] DbErr),
    /// What is kept of the mail is not what was kept.
    #[error("the bytes of the mail can not be read")]
    Unreadable(#[source] std::io::Error),
    /// The process ends.
    #[error("the work was given up")]
    GivenUp(#[from] tokio::task::JoinError),
}

/// Ends a context as the work in it ended.
async fn ended<T>(context: &TenantContext, done: Result<T, Trouble>) -> Result<T, Trouble> {
    let finished = context.finish(done.is_ok()).await;
    let done = done.and_then(|done| Ok(finished.map(|_| done)?));
    done.map_err(|trouble| context.refusal().map_or(trouble, Trouble::Refused))
}
