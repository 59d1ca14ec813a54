//! Conditions on numbers.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition};

use super::{
    ColumnFilter,
    column::{any_of, nullness},
};
use crate::{error::ClientError, scalar::BigInt};

/// Declares the filter of a kind of number.
macro_rules! number_filter {
    ($(#[$doc:meta])* $filter:ident of $number:ty) => {
        $(#[$doc])*
        #[derive(InputObject, Clone, Debug, Default)]
        pub struct $filter {
            /// Equal to.
            pub eq: Option<$number>,
            /// Different from; a missing value is not different.
            pub ne: Option<$number>,
            /// One of.
            #[graphql(name = "in")]
            pub any: Option<Vec<$number>>,
            /// Less than.
            pub lt: Option<$number>,
            /// At most.
            pub lte: Option<$number>,
            /// More than.
            pub gt: Option<$number>,
            /// At least.
            pub gte: Option<$number>,
            /// Has no value (true) or has one (false).
            pub is_null: Option<bool>,
        }

        impl ColumnFilter for $filter {
            fn on<C: ColumnTrait>(&self, column: C) -> Result<Condition, ClientError> {
                Ok(Condition::all()
                    .add_option(self.eq.map(|n| column.eq(n)))
                    .add_option(self.ne.map(|n| column.ne(n)))
                    .add_option(
                        self.any
                            .as_ref()
                            .map(|numbers| any_of(column, numbers.iter().copied())),
                    )
                    .add_option(self.lt.map(|n| column.lt(n)))
                    .add_option(self.lte.map(|n| column.lte(n)))
                    .add_option(self.gt.map(|n| column.gt(n)))
                    .add_option(self.gte.map(|n| column.gte(n)))
                    .add_option(self.is_null.map(|null| nullness(column, null))))
            }
        }
    };
}

number_filter! {
    /// Conditions on whole numbers.
    IntFilter of i32
}

number_filter! {
    /// Conditions on large whole numbers and on money.
    BigIntFilter of BigInt
}
