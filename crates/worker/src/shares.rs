//! How much of a worker one tenant's slow servers may hold.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use entity::id::TenantId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a job waits for its tenant's share: a server that is not slow gives one back sooner.
const WAIT: Duration = Duration::from_secs(1);

/// Jobs that talk to servers of their tenants' own, counted by tenant. Such a server may take minutes for each, and without a
/// bound one tenant's would hold all of a worker. Clones are the same.
#[derive(Clone, Debug)]
pub struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    held: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

/// A place that is held until this is dropped.
#[derive(Debug)]
pub struct Share {
    _permit: OwnedSemaphorePermit,
}

impl Shares {
    /// At most so many jobs of a tenant at once, and one at least.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Inner {
            most: most.max(1),
            held: Mutex::default(),
        }))
    }

    /// A place, or `None` where the tenant holds all that it may: whoever asked is to come back later.
    pub async fn take(&self, tenant: TenantId) -> Option<Share> {
        let taken = timeout(WAIT, self.of(tenant).acquire_owned()).await;
        // Nobody closes it.
        let permit = taken.ok()?.ok()?;
        Some(Share { _permit: permit })
    }

    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held.get(&tenant).and_then(Weak::upgrade) {
            return known;
        }
        held.retain(|_, known| known.strong_count() > 0);
        let made = Arc::new(Semaphore::new(self.0.most));
        held.insert(tenant, Arc::downgrade(&made));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_holds_no_more_than_its_share_and_another_has_its_own() {
        let shares = Shares::new(2);
        let (one, other) = (TenantId::new(), TenantId::new());
        let held = [shares.take(one).await, shares.take(one).await];
        assert!(held.iter().all(Option::is_some));
        assert!(shares.take(one).await.is_none());
        assert!(shares.take(other).await.is_some());
        drop(held);
        assert!(shares.take(one).await.is_some());
        // Nobody is remembered who holds nothing.
        let _ = shares.take(other).await;
        assert_eq!(shares.0.held.lock().expect("nobody panics").len(), 1);
    }
}
