//! Filters: what a connection's rows must be like.
//!
//! A filter input names columns and related entities; all its conditions hold together, `and`,
//! `or` and `not` combine further ones. Under row level security only operators that are LEAKPROOF
//! can use an index, so text is compared whole or by its beginning (`startsWith`), never by
//! substring or pattern.

mod column;
pub(crate) mod declare;
mod enumeration;
mod id;
mod number;

use std::cell::Cell;

use async_graphql::InputType;
use sea_orm::Condition;

use crate::{
    error::{ClientError, Code},
    input::Path,
};

pub use column::{BooleanFilter, ColumnFilter, DateTimeFilter, TextFilter};
pub(crate) use column::{any_of, is_storable};
pub(crate) use declare::filter;
pub(crate) use enumeration::enumeration;
pub use id::Ids;
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

/// Where a filter stands, how many filters may still come, and how deep this one is.
#[derive(Clone, Copy)]
pub struct Nesting<'n> {
    depth: usize,
    left: &'n Cell<usize>,
    at: Path<'n>,
}

impl<'n> Nesting<'n> {
    /// Around the outermost filter, which stands at `at`; `left` starts at [`MAX_FILTERS`].
    pub(crate) fn outermost(left: &'n Cell<usize>, at: Path<'n>) -> Self {
        Self { depth: 0, left, at }
    }

    /// The filter's place.
    pub(crate) fn at(&self) -> &Path<'n> {
        &self.at
    }

    /// Around what stands in a field of the filter.
    pub(crate) fn field<'a>(&'a self, name: &'a str) -> Nesting<'a> {
        Nesting {
            at: self.at.field(name),
            ..*self
        }
    }

    /// Around an item of a list of filters.
    pub(crate) fn item<'a>(&'a self, index: usize) -> Nesting<'a> {
        Nesting {
            at: self.at.item(index),
            ..*self
        }
    }

    /// Around the filters inside one more.
    pub(crate) fn deeper(self) -> Result<Self, ClientError> {
        let refused = |problem: String| Err(ClientError::at(Code::BadUserInput, self.at, problem));
        if self.depth >= MAX_DEPTH {
            return refused(format!(
                "is nested too deep, {MAX_DEPTH} is the most; combine conditions with `and` on one level"
            ));
        }
        let Some(left) = self.left.get().checked_sub(1) else {
            return refused(format!(
                "is one filter too many, a connection takes {MAX_FILTERS}; use `in` for many values"
            ));
        };
        self.left.set(left);
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}
