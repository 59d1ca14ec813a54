//! What is written down of subscriptions and payments: the ends of periods, and what the payment provider tells.
//!
//! * `rollover`: the job `billing.rollover`, which begins the periods that are due;
//! * `stripe`: what Stripe's events change; * `standing`: of it, how a subscription stands; * `payment`: what was paid;
//! * `change`: what is written of a subscription, and recorded.
//!
//! Everything is one transaction in the context of one tenant, and finds done what was done before: a job may be begun twice,
//! and an event may come again. What may not be in here: the rules (`billing`), HTTP, how jobs are handed out (`worker`).

mod change;
mod jobs;
mod payment;
mod rollover;
mod rows;
mod standing;
mod stripe;

use entity::id::TenantId;
use sea_orm::DbErr;
use tenant::{Database, Refusal, TenantContext};

pub use stripe::Taken;

/// What the work needs. Clones are the same.
#[derive(Clone)]
pub struct Bookkeeping {
    database: Database,
}

impl Bookkeeping {
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
    /// An event is about a subscription of a tenant's customer, and none or several of the tenant's may be meant.
    #[error("which subscription an event is about is not known")]
    Unlinked {
        /// The tenant.
        tenant: TenantId,
    },
    /// A bill or a payment is for a subscription of a tenant's customer that Stripe has not told of yet.
    #[error("the subscription that an event is about was not told of yet")]
    Untold,
}

/// Ends a context as the work in it ended.
async fn ended<T>(context: &TenantContext, done: Result<T, Trouble>) -> Result<T, Trouble> {
    let finished = context.finish(done.is_ok()).await;
    let done = done.and_then(|done| Ok(finished.map(|_| done)?));
    done.map_err(|trouble| context.refusal().map_or(trouble, Trouble::Refused))
}
