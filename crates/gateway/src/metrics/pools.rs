//! What the pools count, in the names of OpenTelemetry's semantic conventions for database clients as far as they have one.

use std::{collections::BTreeMap, sync::Arc};

use opentelemetry::{
    KeyValue,
    metrics::{Meter, ObservableCounter},
};
use tenant::{Database, PoolCounts, Tier};

/// The pools of one part of the process: of all cores together.
#[derive(Clone)]
struct Pools {
    part: &'static str,
    databases: Arc<[Database]>,
}

impl Pools {
    fn counts(&self) -> BTreeMap<Tier, PoolCounts> {
        let mut sums = BTreeMap::<Tier, PoolCounts>::new();
        let all = self.databases.iter().flat_map(Database::pool_counts);
        for (tier, counts) in all {
            *sums.entry(tier).or_default() += counts;
        }
        sums
    }

    fn labels(&self, tier: Tier, more: Option<KeyValue>) -> Vec<KeyValue> {
        let pool = format!("{}/{}", self.part, tier.as_str());
        let pool = KeyValue::new("db.client.connection.pool.name", pool);
        [Some(pool), more].into_iter().flatten().collect()
    }
}

/// A metric's name, what it means, and how it is read.
type Figure = (&'static str, &'static str, fn(&PoolCounts) -> u64);

/// Reads the pools whenever somebody asks for numbers. The meter keeps what is registered with it.
pub(super) fn watch(meter: &Meter, part: &'static str, databases: Arc<[Database]>) {
    let pools = Pools { part, databases };
    connections(meter, pools.clone());
    prepared(meter, pools.clone());
    let counters: [Figure; 6] = [
        (
            "db.client.connection.timeouts",
            "Requests that waited for a connection for too long.",
            |counts| counts.timeouts,
        ),
        (
            "gateway.db.connections.opened",
            "Connections that were made.",
            |counts| counts.opened,
        ),
        (
            "gateway.db.waits",
            "Times that somebody waited for a connection to come back.",
            |counts| counts.waits,
        ),
        (
            "gateway.db.statements",
            "Statements; opening messages and COMMIT are none.",
            |counts| counts.statements,
        ),
        (
            "gateway.db.rows",
            "Rows that were answered, or written.",
            |counts| counts.rows,
        ),
        (
            "gateway.db.round_trips",
            "Times that a transaction waited for an answer.",
            |counts| counts.round_trips,
        ),
    ];
    for (name, description, read) in counters {
        counter(meter, name, description, pools.clone(), read);
    }
    let _: ObservableCounter<f64> = meter
        .f64_observable_counter("gateway.db.wait.duration")
        .with_description("How long connections were waited for, all together.")
        .with_unit("s")
        .with_callback(move |observer| {
            for (tier, counts) in pools.counts() {
                observer.observe(counts.waited.as_secs_f64(), &pools.labels(tier, None));
            }
        })
        .build();
}

fn counter(
    meter: &Meter,
    name: &'static str,
    description: &'static str,
    pools: Pools,
    read: fn(&PoolCounts) -> u64,
) {
    let _: ObservableCounter<u64> = meter
        .u64_observable_counter(name)
        .with_description(description)
        .with_callback(move |observer| {
            for (tier, counts) in pools.counts() {
                observer.observe(read(&counts), &pools.labels(tier, None));
            }
        })
        .build();
}

fn prepared(meter: &Meter, pools: Pools) {
    let _: ObservableCounter<u64> = meter
        .u64_observable_counter("gateway.db.prepared")
        .with_description("Statements that were prepared on their connection, and that had to be.")
        .with_callback(move |observer| {
            for (tier, counts) in pools.counts() {
                let results = [
                    ("hit", counts.prepared_hits),
                    ("miss", counts.prepared_misses),
                ];
                for (result, count) in results {
                    let result = KeyValue::new("result", result);
                    observer.observe(count, &pools.labels(tier, Some(result)));
                }
            }
        })
        .build();
}

fn connections(meter: &Meter, pools: Pools) {
    let named = pools.clone();
    let _ = meter
        .u64_observable_gauge("db.client.connection.count")
        .with_description("Connections, those that somebody has and those that nobody has.")
        .with_callback(move |observer| {
            for (tier, counts) in named.counts() {
                for (state, count) in [("used", counts.in_use), ("idle", counts.idle)] {
                    let state = KeyValue::new("db.client.connection.state", state);
                    observer.observe(count, &named.labels(tier, Some(state)));
                }
            }
        })
        .build();
    let gauges: [Figure; 2] = [
        (
            "db.client.connection.max",
            "Most connections at once.",
            |counts| counts.max,
        ),
        (
            "db.client.connection.pending_requests",
            "Requests that wait for a connection.",
            |counts| counts.waiting,
        ),
    ];
    for (name, description, read) in gauges {
        let pools = pools.clone();
        let _ = meter
            .u64_observable_gauge(name)
            .with_description(description)
            .with_callback(move |observer| {
                for (tier, counts) in pools.counts() {
                    observer.observe(read(&counts), &pools.labels(tier, None));
                }
            })
            .build();
    }
}
