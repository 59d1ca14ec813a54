//! Whose files of numbers are on their way.
//!
//! A file holds connections, and a snapshot that keeps the databases from tidying up, for as long as a client takes to read
//! it. So there are few at once, and a tenant has one of them at most: what one tenant's clients leave lying is not
//! what the others wait for.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use entity::id::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The tenants that take one. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Takers(Arc<Mutex<HashSet<TenantId>>>);

/// Leave to send a file, until it is dropped.
pub(crate) struct DownloadTurn {
    takers: Takers,
    tenant: TenantId,
    _permit: OwnedSemaphorePermit,
}

impl Takers {
    /// None while the tenant has one, or while there are as many as `places` has room for.
    pub(super) fn turn(&self, tenant: TenantId, places: &Arc<Semaphore>) -> Option<DownloadTurn> {
        let permit = Arc::clone(places).try_acquire_owned().ok()?;
        let taken = self.with(|takers| takers.insert(tenant));
        taken.then(|| DownloadTurn {
            takers: self.clone(),
            tenant,
            _permit: permit,
        })
    }

    /// Nothing in it is half done when a thread panics.
    fn with<T>(&self, act: impl FnOnce(&mut HashSet<TenantId>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for DownloadTurn {
    fn drop(&mut self) {
        self.takers.with(|takers| takers.remove(&self.tenant));
    }
}
