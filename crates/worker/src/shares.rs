//! How much of a worker one tenant's slow servers may hold.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use entity::id::TenantId;
use tokio::{
    sync::{AcquireError, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a job waits for its tenant's share: a server that is not slow gives one back sooner.
const WAIT: Duration = Duration::from_secs(1);

/// Jobs that talk to servers of their tenants' own, counted by tenant. Such a server may take minutes for each, and without a
/// bound one tenant's would hold all of a worker, and a few tenants' together. Clones are the same.
#[derive(Clone, Debug)]
pub struct Shares(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    most: usize,
    all: Arc<Semaphore>,
    held: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

/// A place that is held until this is dropped.
#[derive(Debug)]
pub struct Share {
    _of_tenant: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Shares {
    /// At most so many jobs of a tenant at once, and so many of all together; one at least.
    #[must_use]
    pub fn new(most: usize, of_all: usize) -> Self {
        Self(Arc::new(Inner {
            most: most.max(1),
            all: Arc::new(Semaphore::new(of_all.max(1))),
            held: Mutex::default(),
        }))
    }

    /// A place, or `None` where the tenant, or all tenants together, hold all that they may: whoever asked is to come back
    /// later.
    pub async fn take(&self, tenant: TenantId) -> Option<Share> {
        let taking = async {
            // The tenant's first, so that none waits among all for a place that it would not get.
            let of_tenant = self.of(tenant).acquire_owned().await?;
            let of_all = Arc::clone(&self.0.all).acquire_owned().await?;
            Ok::<_, AcquireError>(Share {
                _of_tenant: of_tenant,
                _of_all: of_all,
            })
        };
        // Nobody closes them.
        timeout(WAIT, taking).await.ok()?.ok()
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
        let shares = Shares::new(2, 3);
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

    #[tokio::test]
    async fn all_tenants_together_leave_some_of_the_worker() {
        let shares = Shares::new(2, 3);
        let tenants = [TenantId::new(), TenantId::new()];
        let mut held = Vec::new();
        for tenant in tenants {
            held.push(shares.take(tenant).await);
            held.push(shares.take(tenant).await);
        }
        let taken: Vec<bool> = held.iter().map(Option::is_some).collect();
        assert_eq!(taken, [true, true, true, false]);
        held.remove(0);
        assert!(shares.take(tenants[1]).await.is_some());
    }
}
