//! Campaigns become messages, and messages are sent. What comes back is `inbox`'s.
//!
//! * `sending`: `campaign.run` takes a campaign's leads through its steps, `message.send` sends one message;
//! * `account`: servers and daily limits; `month`: the plan's, by the number that `quota` keeps.
//!
//! Everything runs as a job of one tenant, in that tenant's context, and may be done twice: a worker can die at any
//! moment, and another then does its job again from the start. What may not be in here: how jobs are kept and handed
//! out (`worker`), what a message looks like (`mail`, `letter`), how it travels (`transport`).

mod account;
mod month;
mod quota;
mod rows;
mod sending;
mod settings;

use std::sync::Arc;

use sea_orm::DbErr;
use tenant::Database;
use transport::smtp::Mailer;
use worker::{Failure, Handler, Wake};

pub use account::NoServer;
pub use settings::Settings;

/// What the work needs. Clones are the same.
#[derive(Clone)]
pub struct Outreach {
    database: Database,
    mailer: Mailer,
    wake: Wake,
    settings: Arc<Settings>,
    sent: Arc<month::Sent>,
}

impl Outreach {
    /// What works on these databases.
    #[must_use]
    pub fn new(database: Database, mailer: Mailer, wake: Wake, settings: Settings) -> Self {
        Self {
            database,
            mailer,
            wake,
            settings: Arc::new(settings),
            sent: Arc::default(),
        }
    }
}

impl Outreach {
    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 3] {
        [
            (
                "accounts.begin_day",
                Arc::new(account::BeginDay(self.clone())),
            ),
            ("campaign.run", Arc::new(sending::RunCampaign(self.clone()))),
            ("message.send", Arc::new(sending::SendMessage(self.clone()))),
        ]
    }
}

/// Why work is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// A database.
    #[error("a database could not be asked: {0}")]
    Database(#[from] DbErr),
    /// It may work later.
    #[error("{0}")]
    Later(String),
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Later(trouble.to_string())
    }
}
