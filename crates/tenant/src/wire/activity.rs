//! Whether a connection is used by whoever has it.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What is done with a connection. Read from outside now and then, so the time is not taken here.
#[derive(Debug, Default)]
pub(crate) struct Activity {
    begun: AtomicU32,
    under_way: AtomicU32,
}

impl Activity {
    /// An exchange begins, and lasts until what is answered is dropped.
    pub(crate) fn exchange(&self) -> Exchange<'_> {
        self.begun.fetch_add(1, Relaxed);
        self.under_way.fetch_add(1, Relaxed);
        Exchange(self)
    }

    /// Exchanges so far; after four billion they begin anew.
    pub(crate) fn begun(&self) -> u32 {
        self.begun.load(Relaxed)
    }

    /// Whether somebody waits for an answer.
    pub(crate) fn is_awaited(&self) -> bool {
        self.under_way.load(Relaxed) > 0
    }
}

/// An exchange that is under way.
pub(crate) struct Exchange<'a>(&'a Activity);

impl Drop for Exchange<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}
