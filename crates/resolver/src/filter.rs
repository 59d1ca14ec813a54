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

use std::cell::Cell;

use async_graphql::InputType;
use sea_orm::Condition;

use crate::error::ClientError;

pub use column::{BooleanFilter, ColumnFilter, DateTimeFilter, Ids, TextFilter};
pub(crate) use column::{any_of, is_storable};
pub(crate) use declare::filter;
pub(crate) use enumeration::enumeration;
pub use number::{BigIntFilter, FloatFilter, IntFilter};

/// Filters nested deeper than this are refused: each level is a subquery.
pub const MAX_DEPTH: usize = 8;
/// More filters than this in one connection are refused, empty ones counted: their condition is a
/// tree that is walked recursively when it is written as SQL.
pub const MAX_FILTERS: usize = 200;

/// The filter input of one object's connections; made by [`filter!`].
pub trait Filter: InputType {
    /// The SQL condition, inside the filters that `nesting` counts.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for filters nested too deep, too many, or text that PostgreSQL can not hold.
    fn condition(&self, nesting: Nesting<'_>) -> Result<Condition, ClientError>;
}

/// How many filters may still come, and how deep this one is.
#[derive(Clone, Copy)]
pub struct Nesting<'n> {
    depth: usize,
    left: &'n Cell<usize>,
}

impl<'n> Nesting<'n> {
    /// Around the outermost filter; `left` starts at [`MAX_FILTERS`].
    pub(crate) fn outermost(left: &'n Cell<usize>) -> Self {
        Self { depth: 0, left }
    }

    /// Around the filters inside one more.
    pub(crate) fn deeper(self) -> Result<Self, ClientError> {
        if self.depth >= MAX_DEPTH {
            return Err(ClientError::input(format!(
                "filters may be nested {MAX_DEPTH} deep; combine conditions with `and` on one level"
            )));
        }
        let left = self.left.get().checked_sub(1).ok_or_else(|| {
            ClientError::input(format!(
                "a connection takes {MAX_FILTERS} filters at most; use `in` for many values"
            ))
        })?;
        self.left.set(left);
        Ok(Self {
            depth: self.depth + 1,
            left: self.left,
        })
    }
}
