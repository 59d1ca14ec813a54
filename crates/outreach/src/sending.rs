//! Campaigns: who is due, what comes next, and one message after the other.

mod known;
mod ledger;
mod letter;
mod run;
mod send;
mod sequence;

use chrono::{DateTime, Utc};

/// What becomes of a job that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is done.
    Done,
    /// It is to be done again at that time.
    Again(DateTime<Utc>),
}
