//! Random operations and ids.

use std::collections::BTreeMap;

use rand::{
    Rng,
    rngs::StdRng,
    seq::{IndexedRandom, IteratorRandom},
};
use serde_json::Value;

use super::state::{Key, Tenant};
use crate::isolation::ids::key;

/// Keys of nothing.
pub const NO_UUID: &str = "01890000-0000-7000-8000-000000000000";
pub const NO_NUMBER: &str = "987654321987";

/// What an operation does to the tenant that asks, given its payload.
pub type Effect = Box<dyn FnOnce(&mut Tenant, &Value)>;

/// A mutation with its input, and what becomes of it: an effect, or a code.
pub struct Op {
    pub name: &'static str,
    pub input: Value,
    pub expected: Result<Effect, &'static str>,
}

/// What an operation is drawn from.
pub struct Draw<'d> {
    pub rng: &'d mut StdRng,
    /// Who asks, and whose ids are as good as none.
    pub own: &'d Tenant,
    pub other: &'d Tenant,
    /// The keys of both tenants' steps, by their subjects.
    pub steps: &'d BTreeMap<String, Key>,
    /// Of the operation; makes names that no two rows have.
    pub number: usize,
}

impl Draw<'_> {
    /// A key, mostly an own one; whether it is. The others are the other tenant's, or `nobody`.
    pub fn key<T>(
        &mut self,
        rows: impl Fn(&Tenant) -> &BTreeMap<Key, T>,
        nobody: &str,
    ) -> (Key, bool) {
        let is_own = self.rng.random_bool(0.8);
        let from = if is_own { self.own } else { self.other };
        match rows(from).keys().choose(self.rng) {
            Some(key) => (key.clone(), is_own),
            None => (nobody.to_owned(), false),
        }
    }

    /// One of a few.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *of.choose(self.rng).expect("some")
    }

    /// An address that others may have drawn, too.
    pub fn email(&mut self) -> String {
        format!("lead{}@lead.test", self.rng.random_range(0..25))
    }

    /// A name that nothing else has.
    pub fn name(&self, kind: &str) -> String {
        format!("{kind} {}", self.number)
    }
}

/// The key of a new row.
pub fn made(payload: &Value, object: &str) -> Key {
    let id = payload[object]["id"].as_str().and_then(key);
    id.unwrap_or_else(|| panic!("no id of a {object} in {payload:#}"))
}
