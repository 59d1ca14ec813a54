//! How many connections stay open at once: of the process, and of each tenant.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use entity::id::TenantId;

/// Counts the connections that stay open. Clones are the same.
#[derive(Clone)]
pub(super) struct Places(Arc<Counted>);

struct Counted {
    most: usize,
    most_of_tenant: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<TenantId, usize>,
}

/// One of the places, until it is dropped.
pub(crate) struct Place {
    places: Places,
    tenant: Option<TenantId>,
}

impl Places {
    pub(super) fn new(most: usize, most_of_tenant: usize) -> Self {
        Self(Arc::new(Counted {
            most,
            most_of_tenant,
            taken: Mutex::default(),
        }))
    }

    /// A place, if there is one; nobody knows yet for whom.
    pub(super) fn take(&self) -> Option<Place> {
        let mut taken = self.taken();
        if taken.all >= self.0.most {
            return None;
        }
        taken.all += 1;
        Some(Place {
            places: self.clone(),
            tenant: None,
        })
    }

    /// Counts are whole between any two statements of this file, so also after a panic.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Makes it a tenant's. False if the tenant has as many as it may.
    pub(crate) fn give_to(&mut self, tenant: Option<TenantId>) -> bool {
        let Some(tenant) = tenant.filter(|_| self.tenant.is_none()) else {
            return true;
        };
        let mut taken = self.places.taken();
        let count = taken.of.entry(tenant).or_default();
        if *count >= self.places.0.most_of_tenant {
            return false;
        }
        *count += 1;
        self.tenant = Some(tenant);
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(tenant) = self.tenant
            && let Some(count) = taken.of.get_mut(&tenant)
        {
            *count -= 1;
            if *count == 0 {
                taken.of.remove(&tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use entity::id::TenantId;

    use super::Places;

    #[test]
    fn there_are_no_more_places_than_allowed_and_each_comes_back() {
        let places = Places::new(3, 2);
        let (one, other) = (Some(TenantId::new()), Some(TenantId::new()));
        let mut taken: Vec<_> = std::iter::from_fn(|| places.take()).collect();
        assert_eq!(taken.len(), 3);
        assert!(taken[0].give_to(one) && taken[1].give_to(one));
        assert!(!taken[2].give_to(one) && taken[2].give_to(other));
        taken.clear();
        assert!(places.taken().of.is_empty());
        assert!(places.take().is_some_and(|mut place| place.give_to(one)));
    }
}
