use std::sync::Arc;

use async_graphql::{OutputType, PathSegment, Value};

use crate::{Many, Object, One, column::Cell, failure::Failure};

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

/// The row of a relation to one: null where there is none.
pub(crate) fn single(mut cells: impl Iterator<Item = Cell>) -> Cell {
    cells.next().unwrap_or(Ok(Value::Null))
}

/// A list of non-null items: the first item that failed fails the list.
pub(crate) fn list(cells: impl Iterator<Item = Cell>) -> Cell {
    let mut items = Vec::with_capacity(cells.size_hint().0);
    let mut failed: Option<Failure> = None;
    // All cells are taken, also after a failure: the next list's cells come behind them.
    for (index, cell) in cells.enumerate() {
        match cell {
            Ok(value) => items.push(value),
            Err(failure) if failed.is_none() => {
                failed = Some(failure.through(PathSegment::Index(index)));
            }
            Err(_) => {}
        }
    }
    failed.map_or(Ok(Value::List(items)), Err)
}
