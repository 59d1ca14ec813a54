//! The work itself: campaigns become messages, messages are sent, and what comes back is read.
//!
//! * `sending`: `campaign.run` takes a campaign's leads through its steps, `message.send` sends one message;
//! * `processing`: `message.receive` reads a message that came;
//! * `maintenance`: what has expired goes, and what does not fit together is found;
//! * `content`: bodies; `account`: servers and daily limits.
//!
//! Everything runs as a job of one tenant, in that tenant's context, and may be done twice: a worker can die at any
//! moment, and another then does its job again from the start. What may not be in here: how jobs are kept and handed
//! out (`worker`), what a message looks like (`mail`, `letter`), how it travels (`transport`).

mod account;
mod content;
mod rows;
mod sending;
mod settings;

use std::sync::Arc;

use sea_orm::DbErr;
use tenant::Database;
use transport::smtp::Mailer;

pub use account::NoServer;
pub use settings::{Secrets, Settings};

/// What the work needs. Clones are the same.
#[derive(Clone)]
pub struct Outreach {
    database: Database,
    mailer: Arc<Mailer>,
    settings: Arc<Settings>,
}

impl Outreach {
    /// What works on these databases.
    #[must_use]
    pub fn new(database: Database, mailer: Arc<Mailer>, settings: Settings) -> Self {
        Self {
            database,
            mailer,
            settings: Arc::new(settings),
        }
    }
}

/// Why work is not done.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// A database.
    #[error("a database could not be asked")]
    Database(#[from] DbErr),
    /// It may work later.
    #[error("{0}")]
    Later(String),
}
