//! When things happened.

use chrono::{DateTime, Utc};

use crate::draw::Draw;

/// Microseconds since 1970, as rows are written with.
pub(crate) type Micros = i64;

/// One hour.
pub(crate) const HOUR: Micros = 3_600_000_000;
/// One day.
pub(crate) const DAY: Micros = 24 * HOUR;

/// How far back the data goes.
const SPAN: Micros = 150 * DAY;

/// The time that the data covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    now: Micros,
}

impl Calendar {
    pub(crate) fn until(now: DateTime<Utc>) -> Self {
        Self {
            now: now.timestamp_micros(),
        }
    }

    /// The end of the data.
    pub(crate) fn now(&self) -> Micros {
        self.now
    }

    /// The beginning: tenants are as old as this.
    pub(crate) fn start(&self) -> Micros {
        self.now - SPAN
    }

    /// When row `index` of `count` was made: evenly over the time, in order, none in the future.
    pub(crate) fn made(&self, index: u64, count: u64, draw: &mut Draw) -> Micros {
        let slot = (SPAN - DAY) / count.max(1) as i64;
        self.start() + DAY / 2 + slot * index as i64 + draw.below(slot.max(1) as u64) as i64
    }

    /// When a row made at `made` was last touched: up to two weeks later.
    pub(crate) fn touched(&self, made: Micros, draw: &mut Draw) -> Micros {
        (made + draw.below(14 * DAY as u64) as i64).min(self.now)
    }
}
