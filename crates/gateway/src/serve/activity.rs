//! What happens on a connection, and when nothing does for too long.
//!
//! Looked at from time to time instead of timed for each request: a request costs a few additions.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

/// How long a client is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a request's head, and for the first one. It is looked at this often, so it can be twice as long.
    pub(super) head: Duration,
    /// For anything, rounded up to whole times of the above.
    pub(super) idle: Duration,
}

/// What happened on a connection so far. Its numbers are written by one thread.
#[derive(Debug, Default)]
pub(super) struct Activity {
    /// Times that bytes moved, either way.
    moved: AtomicU32,
    /// Times that bytes came while no request was in flight: those of a head.
    heads: AtomicU32,
    /// What that was when the last request began: more came since if it differs.
    head: AtomicU32,
    /// Requests that have begun.
    begun: AtomicU32,
    /// Those of them that are not answered.
    in_flight: AtomicU32,
    /// Bytes of HTTP/2 come without a request, too.
    is_http_2: AtomicBool,
}

/// Counts as a request in flight as long as it is there.
pub(super) struct InFlight(Arc<Activity>);

/// What is compared with what was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    moved: u32,
    begun: u32,
    /// A head has begun and did not end.
    is_heading: bool,
}

impl Activity {
    /// Bytes came.
    pub(super) fn read(&self) {
        add(&self.moved);
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            add(&self.heads);
        }
    }

    /// Bytes went.
    pub(super) fn wrote(&self) {
        add(&self.moved);
    }

    /// A request's head is complete.
    pub(super) fn begin(self: &Arc<Self>, is_http_2: bool) -> InFlight {
        self.head
            .store(self.heads.load(Ordering::Relaxed), Ordering::Relaxed);
        self.is_http_2.store(is_http_2, Ordering::Relaxed);
        add(&self.begun);
        add(&self.in_flight);
        InFlight(Arc::clone(self))
    }

    /// Completes when the client has been waited for long enough.
    pub(super) async fn overdue(&self, patience: Patience) {
        let (mut before, mut quiet) = (Seen::default(), Duration::ZERO);
        loop {
            sleep(patience.head).await;
            let now = self.seen();
            let is_slow = before.is_heading && now.is_heading && now.begun == before.begun;
            quiet = match now.moved == before.moved {
                true => quiet + patience.head,
                false => Duration::ZERO,
            };
            if now.begun == 0 || is_slow || quiet >= patience.idle {
                return;
            }
            before = now;
        }
    }

    fn seen(&self) -> Seen {
        let is = |number: &AtomicU32| number.load(Ordering::Relaxed);
        Seen {
            moved: is(&self.moved),
            begun: is(&self.begun),
            is_heading: is(&self.in_flight) == 0
                && is(&self.heads) != is(&self.head)
                && !self.is_http_2.load(Ordering::Relaxed),
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let number = &self.0.in_flight;
        number.store(
            number.load(Ordering::Relaxed).wrapping_sub(1),
            Ordering::Relaxed,
        );
    }
}

/// As one thread writes, nothing is lost between the two, and no other core is asked.
fn add(number: &AtomicU32) {
    number.store(
        number.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}
