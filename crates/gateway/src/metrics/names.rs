//! Which operations have a series of their own.
//!
//! A client makes names up, and each would be a series for as long as the process lives. So those of the operator's
//! documents have one, and the first others that were executed; all the rest is one.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// Names that no document of the operator has.
const MOST: usize = 100;
/// Names of the operator's documents: more than any client has, and a bound all the same.
const MOST_TRUSTED: usize = 500;

/// None of GraphQL's names has a parenthesis.
static OTHER: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("(other)"));
static UNNAMED: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("(unnamed)"));
static NONE: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("(none)"));

#[derive(Default)]
pub(super) struct Names(RwLock<Known>);

#[derive(Default)]
struct Known {
    names: HashMap<Box<str>, Arc<str>>,
    /// Those of them that came from clients.
    taken: usize,
}

impl Names {
    /// The label of an operation without a name.
    pub(super) fn unnamed() -> Arc<str> {
        Arc::clone(&UNNAMED)
    }

    /// The label of what is no operation.
    pub(super) fn none() -> Arc<str> {
        Arc::clone(&NONE)
    }

    pub(super) fn trust(&self, names: impl Iterator<Item = String>) {
        // A map is whole between any two of its calls.
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for name in names.take(MOST_TRUSTED) {
            let label = Arc::from(name.as_str());
            known.names.entry(name.into()).or_insert(label);
        }
    }

    /// The label of an operation. One that was refused takes no room: who may not ask takes it from nobody.
    pub(super) fn of(&self, name: &str, ran: bool) -> Arc<str> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(label) = known.names.get(name) {
            return Arc::clone(label);
        }
        let has_room = known.taken < MOST;
        drop(known);
        if ran && has_room {
            self.take(name)
        } else {
            Arc::clone(&OTHER)
        }
    }

    fn take(&self, name: &str) -> Arc<str> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(label) = known.names.get(name) {
            return Arc::clone(label);
        }
        if known.taken >= MOST {
            return Arc::clone(&OTHER);
        }
        known.taken += 1;
        let label: Arc<str> = Arc::from(name);
        known.names.insert(name.into(), Arc::clone(&label));
        label
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clients_fill_their_room_and_no_more() {
        let names = Names::default();
        let labels = (0..MOST * 3).map(|number| names.of(&format!("N{number}"), true));
        let own = labels.filter(|label| **label != *"(other)").count();
        assert_eq!(own, MOST);
        assert_eq!(&*names.of("N0", true), "N0");
        names.trust(["Late".to_owned()].into_iter());
        assert_eq!(&*names.of("Late", true), "Late");
    }

    #[test]
    fn who_is_refused_takes_no_room() {
        let names = Names::default();
        for number in 0..MOST {
            assert_eq!(&*names.of(&format!("N{number}"), false), "(other)");
        }
        assert_eq!(&*names.of("Mine", true), "Mine");
    }
}
