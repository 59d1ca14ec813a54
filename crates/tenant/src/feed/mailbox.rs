//! What a listener was not told yet: one event a row, and no more rows than it may have.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;
use uuid::Uuid;

use super::{Change, Event};

/// Most rows with something to be told of. As many as one mutation may change.
const MOST: usize = 10_000;

/// Things happened that can not be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more happened than can be told")]
pub struct Lost;

/// The events of one listener.
pub(super) struct Mailbox {
    /// The only row that the listener wants to know of.
    only: Option<Uuid>,
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

#[derive(Default)]
struct Waiting {
    order: VecDeque<Uuid>,
    changes: HashMap<Uuid, Change>,
    is_lost: bool,
}

impl Mailbox {
    pub(super) fn new(only: Option<Uuid>) -> Self {
        Self {
            only,
            waiting: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    pub(super) fn put(&self, event: Event) {
        if self.only.is_some_and(|only| only != event.id) {
            return;
        }
        self.waiting().put(event);
        self.arrived.notify_one();
    }

    /// Puts an event in front of what came since.
    pub(super) fn put_back(&self, event: Event) {
        let mut waiting = self.waiting();
        match waiting.changes.entry(event.id) {
            Entry::Occupied(mut later) => {
                let both = event.change.and_then(*later.get());
                later.insert(both);
            }
            Entry::Vacant(place) => {
                place.insert(event.change);
                waiting.order.push_front(event.id);
            }
        }
    }

    /// Something happened that is not known.
    pub(super) fn lose(&self) {
        self.waiting().is_lost = true;
        self.arrived.notify_one();
    }

    pub(super) async fn ready(&self) {
        while self.waiting().is_empty() {
            self.arrived.notified().await;
        }
    }

    pub(super) async fn next(&self) -> Result<Event, Lost> {
        loop {
            self.ready().await;
            if let Some(next) = self.waiting().take() {
                return next;
            }
        }
    }

    /// The queue is whole between any two statements of this file, so also after a panic.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn put(&mut self, Event { id, change }: Event) {
        let room = self.order.len() < MOST;
        match self.changes.entry(id) {
            Entry::Occupied(mut earlier) => {
                let both = earlier.get().and_then(change);
                earlier.insert(both);
            }
            Entry::Vacant(place) if room && !self.is_lost => {
                place.insert(change);
                self.order.push_back(id);
            }
            Entry::Vacant(_) => {
                *self = Self {
                    is_lost: true,
                    ..Self::default()
                };
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.order.is_empty() && !self.is_lost
    }

    fn take(&mut self) -> Option<Result<Event, Lost>> {
        if self.is_lost {
            return Some(Err(Lost));
        }
        let id = self.order.pop_front()?;
        let change = self.changes.remove(&id)?;
        Some(Ok(Event { id, change }))
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use uuid::Uuid;

    use super::{Change, Event, Lost, MOST, Mailbox};

    fn event(id: u128, change: Change) -> Event {
        let id = Uuid::from_u128(id);
        Event { id, change }
    }

    fn told(mailbox: &Mailbox) -> Vec<Event> {
        std::iter::from_fn(|| mailbox.next().now_or_never())
            .map(|next| next.expect("nothing is lost"))
            .collect()
    }

    #[test]
    fn a_row_is_told_of_once_with_what_became_of_it() {
        use Change::{Created, Deleted, Updated};
        let mailbox = Mailbox::new(None);
        for (id, change) in [
            (1, Created),
            (2, Updated),
            (1, Updated),
            (3, Updated),
            (3, Deleted),
            (3, Updated),
            (2, Updated),
        ] {
            mailbox.put(event(id, change));
        }
        let expected = [event(1, Created), event(2, Updated), event(3, Deleted)];
        assert_eq!(told(&mailbox), expected);
        assert_eq!(told(&mailbox), []);
    }

    #[test]
    fn a_listener_to_one_row_is_told_of_no_other() {
        let mailbox = Mailbox::new(Some(Uuid::from_u128(2)));
        for id in 1..4 {
            mailbox.put(event(id, Change::Updated));
        }
        assert_eq!(told(&mailbox), [event(2, Change::Updated)]);
    }

    #[test]
    fn what_is_put_back_comes_first_unless_more_has_happened() {
        let mailbox = Mailbox::new(None);
        mailbox.put(event(2, Change::Updated));
        mailbox.put_back(event(1, Change::Created));
        mailbox.put_back(event(2, Change::Created));
        let expected = [event(1, Change::Created), event(2, Change::Created)];
        assert_eq!(told(&mailbox), expected);
    }

    #[test]
    fn more_rows_than_can_be_kept_are_lost_and_that_is_told() {
        let mailbox = Mailbox::new(None);
        for id in 0..MOST as u128 {
            mailbox.put(event(id, Change::Updated));
        }
        mailbox.put(event(0, Change::Updated));
        assert_eq!(told(&mailbox).len(), MOST);
        for id in 0..=MOST as u128 {
            mailbox.put(event(id, Change::Updated));
        }
        assert_eq!(mailbox.next().now_or_never(), Some(Err(Lost)));
        mailbox.put(event(1, Change::Updated));
        assert_eq!(mailbox.next().now_or_never(), Some(Err(Lost)));
    }
}
