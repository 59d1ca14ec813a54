//! Numbers: what became of each day's mail, counted from what happened to the messages.
//!
//! ```text
//!   email_messages ── trigger ── message_events (content) ── rollup ── campaign_, mailbox_, sequence_step_, lead_analytics
//!         └──────────────────────── recount ───────────────────┤                          │
//!   campaign_leads, subscriptions, assignments (transactional) ┴────── closing ── warmup_, billing_analytics (analytics)
//! ```
//!
//! * `due`: which tenants there is something to count of; `rollup`: adds what is new, a batch at a time;
//! * `recount`: all of a tenant anew, from the messages themselves;
//! * `events`, `messages`: what a batch comes to, summed up where it is; `counts`: adding that to the tables of days;
//! * `closing`: what follows from those tables: standing, warm-ups, what a period used;
//! * `watermark`: how far a tenant is counted; `facts`: what of the transactional tier goes into the numbers;
//! * `usage`: what a period used up to this moment; `maintenance`: what is old goes; `jobs`: what a worker does of it.
//!
//! What is added and how far it goes are one transaction of the analytics tier, which begins by moving the watermark from
//! where it was read: whoever finds it elsewhere has changed nothing. So everything is counted once, by however many
//! workers, wherever they die. What is *set* (states, standing, totals) follows from what is there, and may be made twice.
//!
//! What may not be in here: what mail is, GraphQL, how jobs are handed out (`worker`). To count something more: its kind in
//! `message_events`, its column in `counts::COUNTS`.

mod closing;
mod counts;
mod due;
mod events;
mod facts;
mod jobs;
mod maintenance;
mod messages;
mod recount;
mod rollup;
mod sql;
mod usage;
mod watermark;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use chrono::NaiveDate;
use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Access, Database, Identity, Refusal, TenantContext, Tier};

pub use maintenance::Removed;
pub use rollup::Rolled;
pub use usage::{Counted, Period, emails_sent};

/// How it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Most events of one transaction.
    pub batch: u32,
    /// Months for which the days of leads are kept, the running one not counted. Twelve are kept in any case.
    pub months: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            batch: 20_000,
            months: 25,
        }
    }
}

/// What counts. Clones are the same.
#[derive(Clone)]
pub struct Analytics {
    database: Database,
    options: Options,
    /// Months whose partition is known to be there.
    made: Arc<Mutex<BTreeSet<NaiveDate>>>,
}

impl Analytics {
    /// What counts in these databases.
    #[must_use]
    pub fn new(database: Database, options: Options) -> Self {
        Self {
            database,
            options,
            made: Arc::default(),
        }
    }

    fn reading(&self, tenant: TenantId) -> Arc<TenantContext> {
        self.database
            .context(Identity::Job { tenant }, Access::Read)
    }

    fn writing(&self, tenant: TenantId) -> Arc<TenantContext> {
        self.database
            .writing(Tier::Analytics, Identity::Job { tenant })
    }
}

/// Why nothing was counted. All of it may be begun again.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no transaction to be had.
    #[error("a database could not be asked")]
    Refused(Refusal),
    /// A statement failed.
    #[error("a database did not do what it was asked")]
    Database(#[from] DbErr),
}

/// Ends a context as the work in it ended.
async fn ended<T>(context: &TenantContext, done: Result<T, DbErr>) -> Result<T, Trouble> {
    let finished = context.finish(done.is_ok()).await;
    let done = done.and_then(|done| finished.map(|_| done));
    done.map_err(|error| {
        let refusal = context.refusal();
        refusal.map_or(Trouble::Database(error), Trouble::Refused)
    })
}
