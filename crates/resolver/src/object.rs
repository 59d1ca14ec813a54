//! The GraphQL objects, one file each: the object, its enums, its filter and its orders.
//!
//! An object is declared, never derived from its table: a new column is in the schema the day
//! somebody names it here. To add one:
//!
//! 1. a file with `rows::object!` (every field with its description), `enumeration!` for its enums,
//!    `filter!`, `order!` and `table!`;
//! 2. a line in [`node`] if it has an id, its root fields in `query`, the relations that lead to
//!    it in the objects they start from;
//! 3. an isolation case in the tests, which fail until there is one.

pub mod campaign;
pub mod campaign_sequence_step;
pub mod company;
pub mod node;

/// What every object's file uses.
mod prelude {
    pub(super) use chrono::{DateTime, Utc};

    pub(super) use super::node::Node;
    pub(super) use crate::{
        argument::ConnectionArguments,
        connection::Connection,
        filter::{BooleanFilter, DateTimeFilter, Ids, IntFilter, TextFilter, enumeration, filter},
        loader::{by_id, children, through},
        order::order,
        scalar::GlobalId,
        table::table,
    };
}
