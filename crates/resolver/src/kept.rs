//! Statements that were built before: to build one takes longer than all else that is done with it here.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{LazyLock, PoisonError, RwLock},
};

use sea_orm::Statement;

/// How many of a kind are kept.
const MOST: usize = 2048;

/// Statements of a kind, by what they differ in but for values that the caller puts in.
pub(crate) struct Kept<K>(LazyLock<RwLock<HashMap<K, Statement>>>);

impl<K: Eq + Hash> Kept<K> {
    pub(crate) const fn new() -> Self {
        Self(LazyLock::new(RwLock::default))
    }

    /// The statement of that kind.
    pub(crate) fn or_built(&self, kind: K, build: impl FnOnce() -> Statement) -> Statement {
        // A map is whole whenever its lock is free.
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(statement) = kept.get(&kind) {
            return statement.clone();
        }
        drop(kept);
        let statement = build();
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // A client that asks for ever other columns is not to fill the memory, nor to keep the others' out.
        let is_full = kept.len() >= MOST && !kept.contains_key(&kind);
        let dropped = is_full.then(|| std::mem::take(&mut *kept));
        kept.insert(kind, statement.clone());
        // Nobody waits while so many are dropped.
        drop(kept);
        drop(dropped);
        statement
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};

    use super::{Kept, MOST};

    fn statement(text: &str) -> Statement {
        Statement::from_string(DbBackend::Postgres, text)
    }

    #[test]
    fn each_is_built_once_and_no_more_are_kept_than_fit() {
        let kept = Kept::new();
        let of = |kind: usize| {
            let mut builds = 0;
            let found = kept.or_built(kind, || {
                builds += 1;
                statement(&format!("SELECT {kind}"))
            });
            assert_eq!(found.sql, format!("SELECT {kind}"));
            builds
        };
        assert_eq!((of(1), of(2), of(1), of(2)), (1, 1, 0, 0));
        for kind in 3..=MOST + 1 {
            of(kind);
        }
        assert!(kept.0.read().expect("not poisoned").len() <= MOST);
        assert_eq!(of(MOST + 1), 0, "the newest is there");
    }
}
