//! Connections that are out.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use crate::wire::Activity;

/// One that is out, and since when nobody has asked anything of it.
///
/// A job may have one for as long as it works, and a download for as long as somebody reads it. What was lost is one of which
/// nothing is asked any more, so that is what is looked for, and not how long it is out.
pub(super) struct Out {
    pub(super) number: u64,
    activity: Arc<Activity>,
    /// Exchanges at the last look.
    begun: u32,
    since: Instant,
}

impl Out {
    pub(super) fn new(number: u64, activity: &Arc<Activity>, now: Instant) -> Self {
        Self {
            number,
            begun: activity.begun(),
            activity: Arc::clone(activity),
            since: now,
        }
    }

    /// For how long nothing was asked of it, as far as looks tell: what was asked since the last one was asked just now.
    pub(super) fn silence(&mut self, now: Instant) -> Duration {
        let begun = self.activity.begun();
        if begun != self.begun || self.activity.is_awaited() {
            (self.begun, self.since) = (begun, now);
        }
        now.duration_since(self.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_of_what_was_lost_nothing_is_asked() {
        const HOUR: Duration = Duration::from_secs(3600);
        let (activity, start) = (Arc::<Activity>::default(), Instant::now());
        let mut out = Out::new(1, &activity, start);
        assert_eq!(out.silence(start + HOUR), HOUR);
        // A job goes on.
        drop(activity.exchange());
        assert_eq!(out.silence(start + 2 * HOUR), Duration::ZERO);
        // A statement takes its time.
        let exchange = activity.exchange();
        for hours in 3..6 {
            assert_eq!(out.silence(start + hours * HOUR), Duration::ZERO);
        }
        drop(exchange);
        assert_eq!(out.silence(start + 7 * HOUR), 2 * HOUR);
    }
}
