//! Orders that a connection offers.
//!
//! Only columns that are never null are offered, each with an index that leads with `tenant_id`
//! and ends with the key, so that a page costs the same wherever it starts.

use async_graphql::{Enum, InputType};
use sea_orm::{ColumnTrait, Order as Direction};

/// Which way.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum OrderDirection {
    /// Smallest, earliest or alphabetically first.
    #[default]
    Asc,
    /// Largest, latest or alphabetically last.
    Desc,
}

impl OrderDirection {
    pub(crate) fn sql(self) -> Direction {
        match self {
            Self::Asc => Direction::Asc,
            Self::Desc => Direction::Desc,
        }
    }

    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }
}

/// The order input of one object's connections; made by `order!`.
pub trait Order: InputType + Default + 'static {
    /// The table's columns.
    type Column: ColumnTrait;
    /// The column ordered by.
    fn column(&self) -> Self::Column;
    /// The order's name, as a cursor remembers it.
    fn name(&self) -> &'static str;
    /// Which way.
    fn direction(&self) -> OrderDirection;
}

/// Declares an order input: its enum of fields, the input object, and what is ordered by when the
/// client says nothing (the first field, descending unless it says `: Asc`).
///
/// ```ignore
/// order! {
///     /// How campaigns are ordered.
///     CampaignOrder by CampaignOrderField on campaign {
///         /// When it was created.
///         Created,
///     }
/// }
/// ```
macro_rules! order {
    (@direction) => { $crate::order::OrderDirection::Desc };
    (@direction $direction:ident) => { $crate::order::OrderDirection::$direction };
    ($(#[$doc:meta])* $input:ident by $field:ident on $table:ident { $(#[$first_doc:meta])* $first:ident $(: $direction:ident)? $(, $(#[$value_doc:meta])* $value:ident)* $(,)? }) => {
        #[doc = concat!("What `", stringify!($input), "` orders by.")]
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $field {
            $(#[$first_doc])* $first,
            $($(#[$value_doc])* $value,)*
        }

        $(#[$doc])*
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $input {
            /// What to order by; ties are broken by the id.
            pub field: $field,
            /// Which way.
            #[graphql(default)]
            pub direction: $crate::order::OrderDirection,
        }

        impl Default for $input {
            fn default() -> Self {
                Self { field: $field::$first, direction: $crate::order::order!(@direction $($direction)?) }
            }
        }

        impl $crate::order::Order for $input {
            type Column = $table::Column;

            fn column(&self) -> $table::Column {
                match self.field {
                    $field::$first => $table::Column::$first,
                    $($field::$value => $table::Column::$value,)*
                }
            }

            fn name(&self) -> &'static str {
                match self.field {
                    $field::$first => stringify!($first),
                    $($field::$value => stringify!($value),)*
                }
            }

            fn direction(&self) -> $crate::order::OrderDirection {
                self.direction
            }
        }
    };
}
pub(crate) use order;
