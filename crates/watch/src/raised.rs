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

    /// Takes what waits, to write it.
    pub(crate) fn take(&self) -> Taken<'_> {
        let waiting = std::mem::take(&mut *self.waiting());
        let incident = |((kind, tenant), count)| Incident {
            kind,
            tenant,
            count,
        };
        Taken {
            watch: self,
            incidents: waiting.into_iter().map(incident).collect(),
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<Key, u64>> {
        // A count is whole, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was taken; it waits again unless it is [written](Self::written), also where writing is broken off.
pub(crate) struct Taken<'w> {
    watch: &'w Watch,
    incidents: Vec<Incident>,
}

impl Taken<'_> {
    /// The incidents.
    pub(crate) fn incidents(&self) -> &[Incident] {
        &self.incidents
    }

    /// They are rows now.
    pub(crate) fn written(mut self) {
        self.incidents.clear();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for incident in std::mem::take(&mut self.incidents) {
            self.watch.raise(incident);
        }
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
        // Nobody wrote it, so it waits again.
        drop(watch.take());
        let waiting = watch.take();
        assert_eq!(waiting.incidents().len(), MOST);
        let mut incidents = waiting.incidents().iter();
        let leads = incidents.find(|incident| incident.kind == Kind::Quota("leads".to_owned()));
        assert_eq!(leads.map(|incident| incident.count), Some(4));
        waiting.written();
        assert!(watch.take().incidents().is_empty());
    }
}
