use std::sync::Arc;

use async_graphql::OutputType;

use crate::{Many, Object, One};

/// What the declared type of a relation means: `T` is one row that must exist, `Option<T>` one row
/// or null, `Vec<T>` a list.
///
/// Implemented here for these three; nothing else is a relation.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of a relation",
    note = "a relation is declared as `T`, `Option<T>` or `Vec<T>`, with `T` a `rows::Object`",
    note = "a scalar that is loaded for all rows at once is declared with `#[batched]`"
)]
pub trait Relation: 'static {
    /// The object at the other end.
    type Object: Object;
    /// What a loader answers for each key.
    type Value: Send + Sync;
    /// The GraphQL type of the field.
    type Output: OutputType;
    /// Whether the rows stand in a list.
    #[doc(hidden)]
    const LIST: bool;

    /// The rows found for a key.
    #[doc(hidden)]
    fn rows(value: &Self::Value) -> &[Arc<<Self::Object as Object>::Row>];
}

impl<T: Object> Relation for T {
    type Object = T;
    type Value = Option<Arc<T::Row>>;
    type Output = One<T>;
    const LIST: bool = false;

    fn rows(value: &Self::Value) -> &[Arc<T::Row>] {
        value.as_slice()
    }
}

impl<T: Object> Relation for Option<T> {
    type Object = T;
    type Value = Option<Arc<T::Row>>;
    type Output = Option<One<T>>;
    const LIST: bool = false;

    fn rows(value: &Self::Value) -> &[Arc<T::Row>] {
        value.as_slice()
    }
}

impl<T: Object> Relation for Vec<T> {
    type Object = T;
    type Value = Vec<Arc<T::Row>>;
    type Output = Many<T>;
    const LIST: bool = true;

    fn rows(value: &Self::Value) -> &[Arc<T::Row>] {
        value
    }
}
