use async_graphql::{ServerError, Value};

use crate::failure::Failure;

/// The answer of one field for one row.
pub(crate) type Cell = Result<Value, Failure>;

/// The answers of one field for all rows of a level, in row order; made by [`Level`](crate::Level).
pub struct Column(pub(crate) Vec<Cell>);

impl Column {
    /// One error for all `rows` rows.
    pub(crate) fn failed(error: ServerError, rows: usize) -> Self {
        let failure = Failure::from(error);
        Self(vec![Err(failure); rows])
    }
}
