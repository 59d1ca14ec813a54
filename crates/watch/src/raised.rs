//! What was seen and is not written yet.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use entity::id::TenantId;

use crate::{Incident, Kind};

/// Most incidents that wait to be written: while the database is away, others push nobody out.
const MOST: usize = 10_000;

type Key = (Kind, Option<TenantId>);

/// Where incidents are handed in. Clones are the same.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<HashMap<Key, u64>>>);

impl Watch {
    /// Says that something needs somebody. Never waits for a database.
    pub fn raise(&self, incident: Incident) {
        let key = (incident.kind, incident.tenant);
        let mut waiting = self.waiting();
        if waiting.len() < MOST || waiting.contains_key(&key) {
            *waiting.entry(key).or_default() += incident.count;
        }
    }

    /// Takes what waits.
    pub(crate) fn take(&self) -> Vec<Incident> {
        let waiting = std::mem::take(&mut *self.waiting());
        let incident = |((kind, tenant), count)| Incident {
            kind,
            tenant,
            count,
        };
        waiting.into_iter().map(incident).collect()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
        // A count is whole, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_again_is_counted_and_too_much_is_let_go() {
        let watch = Watch::default();
        let raise = |limit: &str| {
            watch.raise(Incident {
                kind: Kind::Quota(limit.to_owned()),
                tenant: None,
                count: 2,
            });
        };
        raise("leads");
        (0..MOST + 10).for_each(|n| raise(&n.to_string()));
        raise("leads");
        let waiting = watch.take();
        assert_eq!(waiting.len(), MOST);
        let leads = waiting
            .iter()
            .find(|incident| incident.kind == Kind::Quota("leads".to_owned()));
        assert_eq!(leads.map(|incident| incident.count), Some(4));
        assert!(watch.take().is_empty());
    }
}
