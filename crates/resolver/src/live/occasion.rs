//! Why a subscription's operation is run: to begin it, or for an event.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use tenant::{Event, Topic};

/// Goes with the request. Clones are the same.
#[derive(Clone)]
pub(super) struct Occasion(Arc<Reason>);

pub(super) enum Reason {
    /// To find out what it is about.
    Opening(OnceLock<Topic>),
    /// To tell of an event, unless its row can not be seen.
    Event { event: Event, unseen: AtomicBool },
}

impl Occasion {
    pub(super) fn opening() -> Self {
        Self(Arc::new(Reason::Opening(OnceLock::new())))
    }

    pub(super) fn event(event: Event) -> Self {
        let unseen = AtomicBool::new(false);
        Self(Arc::new(Reason::Event { event, unseen }))
    }

    pub(super) fn reason(&self) -> &Reason {
        &self.0
    }

    /// What the operation is about, once that was found out.
    pub(super) fn topic(&self) -> Option<Topic> {
        match self.reason() {
            Reason::Opening(topic) => topic.get().copied(),
            Reason::Event { .. } => None,
        }
    }

    /// Whether the event's row could not be seen.
    pub(super) fn is_unseen(&self) -> bool {
        match self.reason() {
            Reason::Opening(_) => false,
            Reason::Event { unseen, .. } => unseen.load(Ordering::Relaxed),
        }
    }
}
