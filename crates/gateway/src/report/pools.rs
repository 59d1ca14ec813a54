//! What the connections to the databases did since the last look.

use std::{collections::BTreeMap, time::Duration};

use events::{
    ConnectionLeaks, ConnectionPoolMetrics, Event, PoolUtilization, ProcessKind, TierName,
};
use tenant::{Database, PoolUse, Tier};

/// The pools of a process, those of its cores together.
pub(super) struct Pools {
    databases: Vec<Database>,
    /// From when on a lent connection counts as lost.
    held: Duration,
    before: BTreeMap<Tier, PoolUse>,
}

impl Pools {
    pub(super) fn new(databases: Vec<Database>, held: Duration) -> Self {
        Self {
            databases,
            held,
            before: BTreeMap::new(),
        }
    }

    pub(super) fn look(&mut self, process: ProcessKind, interval: Duration) -> Vec<Event> {
        let mut now: BTreeMap<Tier, PoolUse> = BTreeMap::new();
        for (tier, used) in self.databases.iter().flat_map(|of| of.pool_use(self.held)) {
            *now.entry(tier).or_default() += used;
        }
        let before = std::mem::replace(&mut self.before, now);
        let looked = self.before.iter().map(|(tier, now)| Looked {
            tier: name(*tier),
            process,
            now,
            before: before.get(tier).copied().unwrap_or_default(),
            interval_seconds: interval.as_secs_f64(),
        });
        looked.flat_map(|looked| looked.events(self.held)).collect()
    }
}

/// A database's connections now and then.
struct Looked<'p> {
    tier: TierName,
    process: ProcessKind,
    now: &'p PoolUse,
    before: PoolUse,
    interval_seconds: f64,
}

impl Looked<'_> {
    fn events(&self, held: Duration) -> Vec<Event> {
        let leaks = (self.now.held > 0).then(|| self.leaks(held));
        let always = [self.metrics(), self.utilization()];
        always.into_iter().chain(leaks).collect()
    }

    fn metrics(&self) -> Event {
        let (now, before) = (&self.now.counts, &self.before.counts);
        ConnectionPoolMetrics {
            tier: self.tier,
            process: self.process,
            max_connections: now.max,
            in_use: now.in_use,
            idle: now.idle,
            waiting: now.waiting,
            acquired: now.lent - before.lent,
            waited: now.waits - before.waits,
            wait_ms: (now.waited - before.waited).as_secs_f64() * 1000.0,
            timed_out: now.timeouts - before.timeouts,
            opened: now.opened - before.opened,
            closed: now.closed - before.closed,
            interval_seconds: self.interval_seconds,
        }
        .into()
    }

    fn utilization(&self) -> Event {
        let (now, before) = (&self.now.counts, &self.before.counts);
        let most = now.max.max(1) as f64;
        let (acquired, waited) = (now.lent - before.lent, now.waits - before.waits);
        PoolUtilization {
            tier: self.tier,
            process: self.process,
            utilization: now.in_use as f64 / most,
            peak_utilization: self.now.most_lent as f64 / most,
            // Who waited in vain has not been lent any.
            waited_share: waited as f64 / acquired.max(waited).max(1) as f64,
            interval_seconds: self.interval_seconds,
        }
        .into()
    }

    fn leaks(&self, threshold: Duration) -> Event {
        ConnectionLeaks {
            tier: self.tier,
            process: self.process,
            connections: self.now.held,
            longest_seconds: self.now.longest.as_secs_f64(),
            threshold_seconds: threshold.as_secs_f64(),
        }
        .into()
    }
}

fn name(tier: Tier) -> TierName {
    match tier {
        Tier::Oltp => TierName::Oltp,
        Tier::Content => TierName::Content,
        Tier::Analytics => TierName::Analytics,
        Tier::Queue => TierName::Queue,
    }
}

#[cfg(test)]
mod tests {
    use tenant::PoolCounts;

    use super::*;

    fn events(now: PoolUse, before: PoolUse) -> Vec<Event> {
        let looked = Looked {
            tier: TierName::Queue,
            process: ProcessKind::Worker,
            now: &now,
            before,
            interval_seconds: 60.0,
        };
        looked.events(Duration::from_secs(120))
    }

    fn before() -> PoolUse {
        PoolUse {
            counts: PoolCounts {
                max: 8,
                lent: 100,
                waits: 10,
                waited: Duration::from_secs(1),
                opened: 5,
                closed: 2,
                ..PoolCounts::default()
            },
            ..PoolUse::default()
        }
    }

    #[test]
    fn what_is_told_is_what_happened_since_the_last_look() {
        let mut now = before();
        now.most_lent = 6;
        now.counts = PoolCounts {
            in_use: 2,
            idle: 1,
            lent: 140,
            waits: 20,
            waited: Duration::from_millis(1250),
            closed: 3,
            ..now.counts
        };
        let told = events(now, before());
        let [
            Event::ConnectionPoolMetrics(metrics),
            Event::PoolUtilization(utilization),
        ] = told[..]
        else {
            panic!("{told:?}");
        };
        assert_eq!(
            (metrics.acquired, metrics.waited, metrics.wait_ms),
            (40, 10, 250.0)
        );
        assert_eq!((metrics.opened, metrics.closed, metrics.in_use), (0, 1, 2));
        let shares = (utilization.utilization, utilization.peak_utilization);
        assert_eq!((shares, utilization.waited_share), ((0.25, 0.75), 0.25));
    }

    #[test]
    fn a_connection_that_does_not_come_back_is_a_leak() {
        let now = PoolUse {
            held: 2,
            longest: Duration::from_secs(300),
            ..before()
        };
        let told = events(now, before());
        let Some(Event::ConnectionLeaks(leaks)) = told.last() else {
            panic!("{told:?}");
        };
        assert_eq!((leaks.connections, leaks.longest_seconds), (2, 300.0));
        assert_eq!(
            (leaks.threshold_seconds, leaks.tier),
            (120.0, TierName::Queue)
        );
        assert_eq!(events(before(), before()).len(), 2);
    }
}
