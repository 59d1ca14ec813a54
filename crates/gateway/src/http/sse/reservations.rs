//! Streams that were reserved, by their tokens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tenant::Identity;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::session::Order;

/// The streams of all cores: a request may come to another one than the stream. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Reservations(Arc<Mutex<HashMap<String, Reserved>>>);

/// A stream that was reserved, and perhaps opened.
pub(super) struct Reserved {
    pub(super) identity: Identity,
    pub(super) orders: mpsc::Sender<Order>,
    /// None once the stream was opened.
    pub(super) events: Option<mpsc::Receiver<String>>,
}

/// The place of a reservation, until it is dropped.
pub(super) struct Kept {
    reservations: Reservations,
    token: String,
}

impl Reservations {
    /// Keeps a stream under a token that nobody can guess: 244 random bits.
    pub(super) fn keep(&self, reserved: Reserved) -> Kept {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.all().insert(token.clone(), reserved);
        Kept {
            reservations: self.clone(),
            token,
        }
    }

    /// Looks at the stream of a token.
    pub(super) fn with<T>(&self, token: &str, look: impl FnOnce(&mut Reserved) -> T) -> Option<T> {
        self.all().get_mut(token).map(look)
    }

    /// The map is whole whenever its lock is free, also after a panic.
    fn all(&self) -> MutexGuard<'_, HashMap<String, Reserved>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.reservations.all().remove(&self.token);
    }
}
