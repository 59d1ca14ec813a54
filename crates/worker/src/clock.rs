//! What is done by the clock. Each part by itself: one that fails does not keep the others waiting.

use std::time::{Duration, Instant};

use sea_orm::DbErr;
use tenant::Database;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Handlers, Wake, claim, ending, schedule, sweep};

/// How often jobs of workers that are gone are looked for, and what is due by the clock.
const TICK: Duration = Duration::from_secs(2);
/// How often what is old is removed.
const SWEEP: Duration = Duration::from_secs(60);

/// Ticks for ever.
pub(crate) async fn tick(database: &Database, handlers: &Handlers, wake: &Wake) {
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut swept: Option<Instant> = None;
    loop {
        tick.tick().await;
        let gone = told("taken back", ending::take_back(database).await);
        if gone > 0 {
            tracing::warn!(gone, "jobs were taken back from workers that are gone");
        }
        let made = told("made on time", schedule::make_due(database, handlers).await);
        let lost = told("put back", claim::unmark(database).await);
        if gone + made + lost > 0 {
            wake.touch_jobs();
        }
        if swept.is_none_or(|swept| swept.elapsed() > SWEEP) {
            swept = Some(Instant::now());
            told("swept", sweep::old(database).await);
        }
    }
}

/// How many there were; an error is said here, and tried again with the next tick.
fn told(what: &str, done: Result<usize, DbErr>) -> usize {
    done.unwrap_or_else(|error| {
        tracing::warn!(error = %error, "jobs can not be {what}");
        0
    })
}
