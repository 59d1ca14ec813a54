//! Sends batches until they have arrived.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};

use crate::{
    Options, Target,
    batch::Batch,
    queue::{Envelope, Tally},
    target::{Courier, Undelivered},
};

/// What sends; one at a time does.
pub(crate) struct Outlet {
    courier: Courier,
    options: Options,
    waiting: mpsc::Receiver<Envelope>,
    /// Kept when sending is broken off: it may have arrived, and goes again with the same ids.
    batch: Batch,
    tally: Arc<Tally>,
    /// The last batch was refused, which is told once.
    is_refused: bool,
}

impl Outlet {
    pub(crate) fn new(
        target: Target,
        options: Options,
        waiting: mpsc::Receiver<Envelope>,
        tally: Arc<Tally>,
    ) -> Self {
        Self {
            courier: Courier::new(target, &options),
            options,
            waiting,
            batch: Batch::default(),
            tally,
            is_refused: false,
        }
    }

    /// Sends for ever.
    pub(crate) async fn run(&mut self) {
        loop {
            self.gather().await;
            self.deliver().await;
        }
    }

    /// Sends what is there.
    pub(crate) async fn empty(&mut self) {
        loop {
            while !self.is_full()
                && let Ok(envelope) = self.waiting.try_recv()
            {
                self.add(&envelope);
            }
            if self.batch.is_empty() {
                return;
            }
            self.deliver().await;
        }
    }

    /// Drops what is there; answers with how much.
    pub(crate) fn give_up(&mut self) -> usize {
        let left = self.batch.len() + self.waiting.len();
        self.batch = Batch::default();
        while self.waiting.try_recv().is_ok() {}
        self.tally
            .overflowed
            .fetch_add(left as u64, Ordering::Relaxed);
        left
    }

    /// Waits for a first event, and for others to go with it.
    async fn gather(&mut self) {
        if self.batch.is_empty() {
            match self.waiting.recv().await {
                Some(first) => self.add(&first),
                // Nobody is there to hand any in; who polls this ends it.
                None => std::future::pending().await,
            }
        }
        let until = Instant::now() + self.options.gather;
        while !self.is_full()
            && let Ok(Some(next)) = timeout_at(until, self.waiting.recv()).await
        {
            self.add(&next);
        }
    }

    fn add(&mut self, envelope: &Envelope) {
        self.batch.push(self.courier.write(envelope));
    }

    fn is_full(&self) -> bool {
        self.batch.len() >= self.options.batch || self.batch.bytes >= self.options.batch_bytes
    }

    /// Until it has arrived, or was refused.
    async fn deliver(&mut self) {
        let mut waits = self.waits();
        loop {
            match self.courier.deliver(&self.batch).await {
                Ok(()) => return self.arrived(),
                Err(Undelivered::Refused(why)) => return self.refused(&why),
                Err(Undelivered::Later { why, after }) => {
                    if !self.tally.is_failing.swap(true, Ordering::Relaxed) {
                        tracing::warn!(
                            why,
                            "events can not be sent; they are kept and tried again"
                        );
                    }
                    let longest = self.options.longest_retry;
                    sleep(
                        after
                            .or_else(|| waits.next())
                            .unwrap_or(longest)
                            .min(longest),
                    )
                    .await;
                }
            }
        }
    }

    fn arrived(&mut self) {
        let events = std::mem::take(&mut self.batch).len();
        self.tally.sent.fetch_add(events as u64, Ordering::Relaxed);
        self.is_refused = false;
        if self.tally.is_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("events are sent again");
        }
    }

    fn refused(&mut self, why: &str) {
        let events = std::mem::take(&mut self.batch).len();
        self.tally
            .refused
            .fetch_add(events as u64, Ordering::Relaxed);
        self.tally.is_failing.store(true, Ordering::Relaxed);
        if !std::mem::replace(&mut self.is_refused, true) {
            tracing::warn!(
                why,
                events,
                "events were refused and are dropped, and further ones without a word; is GATEWAY_EVENTS_URL right?"
            );
        }
    }

    /// How long to wait between attempts.
    fn waits(&self) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_min_delay(self.options.first_retry)
            .with_max_delay(self.options.longest_retry.max(Duration::from_millis(1)))
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .build()
    }
}
