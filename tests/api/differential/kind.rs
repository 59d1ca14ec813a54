//! What the tests know of each table: its columns as a filter names them, its relations, its orders.
//!
//! Written down here once more, on purpose: a reference that asked the gateway how it works would
//! agree with every mistake. `covered.rs` holds it against the schema, so that nothing is left out.

use super::{kinds::KINDS, row::Key};

/// A table.
pub struct Kind {
    /// The GraphQL object: `Campaign`.
    pub object: &'static str,
    /// The root field, and the field of a parent: `campaigns`.
    pub list: &'static str,
    /// The name in SQL.
    pub table: &'static str,
    /// What can be filtered by.
    pub columns: &'static [Column],
    /// What other tables can be filtered by, and asked for.
    pub relations: &'static [Relation],
    /// What can be ordered by: the enum value, and the column in SQL. The default is the first.
    pub orders: &'static [(&'static str, &'static str)],
    /// The direction of the default.
    pub descending: bool,
    /// Filters that are left to the tests of their own tables.
    pub left_out: &'static [&'static str],
    /// The key of an id in either form.
    pub parse: fn(&str) -> Key,
    /// The id of a key.
    pub show: fn(&Key) -> String,
}

/// A column.
pub struct Column {
    /// The name in the filter.
    pub field: &'static str,
    /// The name in SQL.
    pub sql: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Whether some rows have no value.
    pub nullable: bool,
}

/// What a column holds, which decides on its operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Text,
    Int,
    Time,
    Bool,
    /// Its values, as the database spells them.
    Enum(&'static [&'static str]),
    /// The id of a row of that object; `""` for a table that the tests do not fill.
    Id(&'static str),
}

/// How rows belong together.
pub enum Relation {
    /// The row's column holds the other's key.
    One {
        field: &'static str,
        to: &'static str,
        column: &'static str,
    },
    /// The others' column holds the row's key.
    Many {
        field: &'static str,
        to: &'static str,
        column: &'static str,
    },
    /// A join table holds both: the one of templates and tags.
    Through {
        field: &'static str,
        to: &'static str,
    },
}

impl Relation {
    pub fn field(&self) -> &'static str {
        match self {
            Self::One { field, .. } | Self::Many { field, .. } | Self::Through { field, .. } => {
                field
            }
        }
    }

    pub fn to(&self) -> &'static Kind {
        match self {
            Self::One { to, .. } | Self::Many { to, .. } | Self::Through { to, .. } => kind(to),
        }
    }
}

impl Sort {
    /// The GraphQL input of the column's conditions, and their names.
    pub fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["eq", "ne", "in", "startsWith", "isNull"],
            Self::Int => &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
            Self::Time => &["eq", "lt", "lte", "gt", "gte", "isNull"],
            Self::Bool => &["eq"],
            Self::Enum(_) => &["eq", "ne", "in"],
            Self::Id(_) => &["eq", "ne", "in", "isNull"],
        }
    }
}

/// A table by its object's name.
pub fn kind(object: &str) -> &'static Kind {
    KINDS
        .iter()
        .find(|kind| kind.object == object)
        .expect("a known object")
}
