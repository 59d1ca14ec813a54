use async_graphql::{Context, Result};

/// Loads a relation for all rows of a level at once.
///
/// A value of the implementing type is made for every call (`by_id()` on the right side of `->`), so
/// that it can carry what is particular to the relation. `K` is the key a row has for the relation,
/// `A` are the field's arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot load a relation by a key of type `{K}` with arguments of type `{A}`",
    note = "implement `rows::Load<{K}, {A}>` for it, or use another key column"
)]
pub trait Load<K, A = ()>: Send {
    /// What is found for one key: `Option<Arc<Row>>` for a relation to one row, `Vec<Arc<Row>>` for
    /// a list, the stored value for a batched scalar.
    type Value: Send;

    /// Answers one value for each key, in the order of `keys`.
    ///
    /// `keys` holds the keys of those rows that have one, in row order, repeated where rows share
    /// one; it is never empty. `ctx` is the context of the relation's field; its path has no list
    /// indices inside the level.
    ///
    /// # Errors
    ///
    /// An error fails the field for every row of the level. An answer of another length than `keys`
    /// is reported as [`FieldError::Miscounted`](crate::FieldError::Miscounted).
    fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<K>,
        args: A,
    ) -> impl Future<Output = Result<Vec<Self::Value>>> + Send;
}
