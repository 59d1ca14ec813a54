//! The places of a worker, and for which jobs they are: some are the first queue's alone, so that what the others do, however
//! long it takes, keeps none of its jobs waiting.

use std::sync::Arc;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The places.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    /// Those of them that jobs of all queues but the first may have.
    others: Arc<Semaphore>,
}

/// One that a job has until this is dropped.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _of_others: Option<OwnedSemaphorePermit>,
}

/// How many places are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    all: usize,
    others: usize,
}

impl Places {
    pub(crate) fn new(all: usize, kept: usize) -> Self {
        let all = all.max(1);
        Self {
            all: Arc::new(Semaphore::new(all)),
            others: Arc::new(Semaphore::new(all.saturating_sub(kept).max(1))),
        }
    }

    /// Waits until there is room for a job; the permit is for it.
    pub(crate) async fn wait(&self) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.all).acquire_owned().await
    }

    /// Waits until there is room for a job of another queue than the first.
    pub(crate) async fn wait_for_others(&self) {
        // Nobody closes it, and nobody else takes what is given back at once.
        let _ = self.others.acquire().await;
    }

    /// The room that there is beside a permit that is held already.
    pub(crate) fn room(&self) -> Room {
        Room {
            all: 1 + self.all.available_permits(),
            others: self.others.available_permits(),
        }
    }

    /// A place for a job; as many as there was [`Room`] for were claimed, and nobody else takes any.
    pub(crate) fn give(&self, held: Option<OwnedSemaphorePermit>, is_first: bool) -> Option<Place> {
        let permit = held.or_else(|| Arc::clone(&self.all).try_acquire_owned().ok())?;
        let other = (!is_first).then(|| Arc::clone(&self.others).try_acquire_owned().ok());
        Some(Place {
            _permit: permit,
            _of_others: other.flatten(),
        })
    }
}

impl Room {
    /// For how many jobs of the queue at this place in the list.
    pub(crate) fn of(self, queue: usize) -> usize {
        match queue {
            0 => self.all,
            _ => self.all.min(self.others),
        }
    }

    /// Whether only the first queue has any.
    pub(crate) fn is_of_first(self) -> bool {
        self.others == 0
    }

    /// What is left when a queue has taken some.
    pub(crate) fn without(self, queue: usize, taken: usize) -> Self {
        let others = if queue == 0 { 0 } else { taken };
        Self {
            all: self.all.saturating_sub(taken),
            others: self.others.saturating_sub(others),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, Room};

    #[test]
    fn places_are_kept_for_the_first_queue() {
        let places = Places::new(4, 1);
        assert_eq!(places.room(), Room { all: 5, others: 3 });
        let held: Vec<_> = (0..3).map(|_| places.give(None, false)).collect();
        assert!(held.iter().all(Option::is_some));
        let room = places.room();
        assert!(room.is_of_first() && room.of(0) == 2 && room.of(1) == 0);
        let first = places.give(None, true);
        assert!(first.is_some() && places.give(None, true).is_none());
        drop(held);
        assert!(!places.room().is_of_first());
        let room = Room { all: 4, others: 3 };
        assert_eq!(room.without(0, 2).of(1), 2);
        assert_eq!(room.without(1, 2).of(2), 1);
        assert_eq!(Places::new(0, 2).room(), Room { all: 2, others: 1 });
    }
}
