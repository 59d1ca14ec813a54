//! Filters: what a connection's rows must be like.
//!
//! A filter input names columns and related entities; all its conditions hold together, `and`,
//! `or` and `not` combine further ones. Under row level security only operators that are LEAKPROOF
//! can use an index, so text is compared whole or by its beginning (`startsWith`), never by
//! substring or pattern.

mod column;
pub(crate) mod declare;
mod enumeration;
mod number;

use async_graphql::InputType;
use sea_orm::Condition;

use crate::error::ClientError;

pub(crate) use column::any_of;
pub use column::{BooleanFilter, ColumnFilter, DateTimeFilter, Ids, TextFilter};
pub(crate) use declare::filter;
pub(crate) use enumeration::enumeration;
pub use number::{BigIntFilter, IntFilter};

/// Filters nested deeper than this are refused: each level is a subquery.
pub const MAX_DEPTH: usize = 8;

/// The filter input of one object's connections; made by [`filter!`].
pub trait Filter: InputType {
    /// The SQL condition. `depth` counts the filters around this one.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for filters nested too deep or text that PostgreSQL can not hold.
    fn condition(&self, depth: usize) -> Result<Condition, ClientError>;
}

/// The depth of a filter inside one of `depth`.
pub(crate) fn deeper(depth: usize) -> Result<usize, ClientError> {
    if depth >= MAX_DEPTH {
        return Err(ClientError::input(format!(
            "filters may be nested {MAX_DEPTH} deep; combine conditions with `and` on one level"
        )));
    }
    Ok(depth + 1)
}
