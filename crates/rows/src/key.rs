//! Turns a key column into `Option<K>`, whether the column is nullable or not.
//!
//! A trait with an implementation for `K` and one for `Option<K>` leaves `K` open where a loader
//! takes keys of many types. Method lookup does not: it takes the inherent method of
//! `Key<Option<K>>` where that fits, and the trait's otherwise.

/// A key column's value.
pub struct Key<K>(pub K);

impl<K> Key<Option<K>> {
    /// A nullable column: the row may have no key.
    pub fn into_option(self) -> Option<K> {
        self.0
    }
}

/// A column that is never null.
pub trait Present<K> {
    /// The row always has a key.
    fn into_option(self) -> Option<K>;
}

impl<K> Present<K> for Key<K> {
    fn into_option(self) -> Option<K> {
        Some(self.0)
    }
}
