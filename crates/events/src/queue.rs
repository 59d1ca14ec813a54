//! What waits to leave.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};
use tracing::Span;
use uuid::Uuid;

use crate::{Event, Target, deliver::Outlet};

/// How events are gathered and sent.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Most events that wait; there is no room for more.
    pub waiting: usize,
    /// Most events that go together.
    pub batch: usize,
    /// Bytes of JSON from which on no more go with them.
    pub batch_bytes: usize,
    /// How long the first of them waits for more.
    pub gather: Duration,
    /// How long the target may take to answer.
    pub answer: Duration,
    /// The first wait after it did not; each next one is twice as long, and longer by chance.
    pub first_retry: Duration,
    /// The longest wait, also where it says how long itself.
    pub longest_retry: Duration,
    /// How others are told of a span that is exported (`traceparent` of W3C's Trace Context).
    pub trace_parent: fn(&Span) -> Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            waiting: 10_000,
            batch: 200,
            // Segment takes 500 KB.
            batch_bytes: 400 << 10,
            gather: Duration::from_secs(5),
            answer: Duration::from_secs(10),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(120),
            trace_parent: |_| None,
        }
    }
}

/// An event with what makes it one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) event: Event,
}

/// Where events are handed in. Clones are the same.
#[derive(Clone, Default)]
pub struct Events(Option<Arc<Inner>>);

struct Inner {
    waiting: mpsc::Sender<Envelope>,
    tally: Arc<Tally>,
    outlet: Mutex<Outlet>,
}

/// What became of events.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) sent: AtomicU64,
    pub(crate) overflowed: AtomicU64,
    pub(crate) refused: AtomicU64,
    /// The target did not take the last batch.
    pub(crate) is_failing: AtomicBool,
}

/// What became of the events of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// They have arrived.
    pub sent: u64,
    /// There was no room for them, or no time at the end.
    pub overflowed: u64,
    /// The target would not have them.
    pub refused: u64,
}

impl Counts {
    /// Those that never arrive.
    #[must_use]
    pub fn dropped(self) -> u64 {
        self.overflowed + self.refused
    }
}

impl Events {
    /// Nothing leaves.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Events leave to the target, once [`Self::run`] does it.
    #[must_use]
    pub fn to(target: Target, options: Options) -> Self {
        let (waiting, receiving) = mpsc::channel(options.waiting.max(1));
        let tally = Arc::<Tally>::default();
        let outlet = Outlet::new(target, options, receiving, Arc::clone(&tally));
        Self(Some(Arc::new(Inner {
            waiting,
            tally,
            outlet: Mutex::new(outlet),
        })))
    }

    /// Whether events leave at all.
    #[must_use]
    pub fn are_on(&self) -> bool {
        self.0.is_some()
    }

    /// Hands an event in. Never waits: where there is no room, it is counted and gone.
    pub fn emit(&self, event: impl Into<Event>) {
        let Some(inner) = &self.0 else { return };
        let envelope = Envelope {
            id: Uuid::now_v7(),
            at: Utc::now(),
            event: event.into(),
        };
        if inner.waiting.try_send(envelope).is_err()
            && inner.tally.overflowed.fetch_add(1, Ordering::Relaxed) == 0
        {
            tracing::warn!("events are dropped: more wait to leave than there is room for");
        }
    }

    /// What became of them so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Some(inner) = &self.0 else {
            return Counts::default();
        };
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            sent: read(&inner.tally.sent),
            overflowed: read(&inner.tally.overflowed),
            refused: read(&inner.tally.refused),
        }
    }

    /// Whether the target did not take the last batch that it was given.
    #[must_use]
    pub fn are_failing(&self) -> bool {
        let failing = |inner: &Arc<Inner>| inner.tally.is_failing.load(Ordering::Relaxed);
        self.0.as_ref().is_some_and(failing)
    }

    /// Sends what is handed in, for as long as it is polled. What it had in hand is kept.
    pub async fn run(&self) {
        match &self.0 {
            Some(inner) => inner.outlet.lock().await.run().await,
            None => std::future::pending().await,
        }
    }

    /// Sends what waits still, within that time. What does not leave then is counted as dropped.
    pub async fn flush(&self, within: Duration) {
        let Some(inner) = &self.0 else { return };
        let mut outlet = inner.outlet.lock().await;
        if timeout(within, outlet.empty()).await.is_err() {
            let left = outlet.give_up();
            tracing::warn!(
                left,
                "the last events could not be sent; is GATEWAY_EVENTS_URL right?"
            );
        }
    }
}
