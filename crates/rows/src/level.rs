use futures::future::BoxFuture;

use crate::{
    Arguments, Column, Load, Object, Relation, Scalar,
    asked::{Asked, Keys},
};

/// A selected field, and all rows of the level it is asked for.
///
/// Handed to the function of [`Field::relation`](crate::Field::relation) and
/// [`Field::batched`](crate::Field::batched), which calls one of the two methods.
pub struct Level<'a, T: Object> {
    rows: &'a [&'a T::Row],
    asked: Asked<'a>,
}

impl<'a, T: Object> Level<'a, T> {
    pub(crate) fn new(rows: &'a [&'a T::Row], asked: Asked<'a>) -> Self {
        Self { rows, asked }
    }

    /// Loads the rows of a relation with one call, and resolves them as the next level.
    ///
    /// `key` gives a row's key, or none where the row has no related row. `A` are the field's
    /// arguments, `()` if it has none.
    pub fn relation<R, K, A, L>(
        self,
        key: fn(&T::Row) -> Option<K>,
        loader: L,
    ) -> BoxFuture<'a, Column>
    where
        R: Relation,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A, Value = R::Value> + 'static,
    {
        self.asked.relation::<R, K, A, L>(self.keys(key), loader)
    }

    /// Loads a scalar with one call; null for a row without a key.
    pub fn batched<S, K, A, L>(
        self,
        key: fn(&T::Row) -> Option<K>,
        loader: L,
    ) -> BoxFuture<'a, Column>
    where
        S: Scalar<L::Value>,
        K: Send + 'static,
        A: Arguments + 'static,
        L: Load<K, A> + 'static,
    {
        self.asked.batched::<S, K, A, L>(self.keys(key), loader)
    }

    fn keys<K>(&self, key: fn(&T::Row) -> Option<K>) -> Keys<K> {
        Keys::of(self.rows.iter().map(|row| key(row)))
    }
}
