//! Requests that ended, counted by the core that answered them.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use events::{Code, ErrorRates, Event, SystemPerformance};

use super::histogram::{Counts, Histogram};

/// A request that ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended<'r> {
    pub(crate) took: Duration,
    pub(crate) statements: u32,
    /// The code of its first error.
    pub(crate) code: Option<&'r str>,
}

/// What a core answered since somebody last asked.
#[derive(Default)]
pub(crate) struct Requests {
    times: Histogram,
    micros: AtomicU64,
    longest: AtomicU64,
    statements: AtomicU64,
    errors: Mutex<BTreeMap<Code, u64>>,
}

/// The same of all cores.
#[derive(Default)]
struct Taken {
    times: Counts,
    requests: u64,
    micros: u64,
    longest: u64,
    statements: u64,
    errors: BTreeMap<Code, u64>,
}

impl Requests {
    /// Counts one.
    pub(crate) fn ended(&self, request: Ended<'_>) {
        let micros = u64::try_from(request.took.as_micros()).unwrap_or(u64::MAX);
        self.times.count(micros);
        self.micros.fetch_add(micros, Relaxed);
        self.longest.fetch_max(micros, Relaxed);
        self.statements
            .fetch_add(request.statements.into(), Relaxed);
        if let Some(code) = request.code {
            *self.errors().entry(Code::of(code)).or_default() += 1;
        }
    }

    fn errors(&self) -> std::sync::MutexGuard<'_, BTreeMap<Code, u64>> {
        // A count is whole, whoever panicked.
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_into(&self, all: &mut Taken) {
        self.times.take_into(&mut all.times);
        all.micros += self.micros.swap(0, Relaxed);
        all.longest = all.longest.max(self.longest.swap(0, Relaxed));
        all.statements += self.statements.swap(0, Relaxed);
        for (code, count) in std::mem::take(&mut *self.errors()) {
            *all.errors.entry(code).or_default() += count;
        }
    }
}

/// What all cores answered in an interval, as events.
pub(super) fn taken<'r>(
    cores: impl IntoIterator<Item = &'r Requests>,
    interval: Duration,
) -> Vec<Event> {
    let mut all = Taken::default();
    cores
        .into_iter()
        .for_each(|requests| requests.take_into(&mut all));
    all.requests = all.times.all();
    if all.requests == 0 {
        return Vec::new();
    }
    let (requests, seconds) = (all.requests, interval.as_secs_f64());
    let quantile = |share| milliseconds(all.times.quantile(share).min(all.longest));
    let performance = SystemPerformance {
        requests,
        requests_per_second: requests as f64 / seconds,
        mean_ms: milliseconds(all.micros) / requests as f64,
        p50_ms: quantile(0.5),
        p95_ms: quantile(0.95),
        p99_ms: quantile(0.99),
        max_ms: milliseconds(all.longest),
        statements: all.statements,
        interval_seconds: seconds,
    };
    let errors = all.errors.iter().map(|(code, errors)| ErrorRates {
        code: *code,
        errors: *errors,
        requests,
        rate: *errors as f64 / requests as f64,
        interval_seconds: seconds,
    });
    let errors = errors.map(Event::from);
    std::iter::once(performance.into()).chain(errors).collect()
}

fn milliseconds(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
