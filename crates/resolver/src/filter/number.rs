//! Conditions on numbers.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition, ExprTrait, sea_query::Expr};

use super::{
    ColumnFilter,
    column::{in_values, nullness_of},
};
use crate::{error::ClientError, input::Path, scalar::BigInt};

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

        impl $filter {
            /// The SQL condition on a number; all that is given must hold.
            pub(crate) fn holds(&self, number: &Expr) -> Condition {
                let number = || number.clone();
                Condition::all()
                    .add_option(self.eq.map(|n| number().eq(n)))
                    .add_option(self.ne.map(|n| number().ne(n)))
                    .add_option(
                        self.any
                            .as_ref()
                            .map(|numbers| in_values(number(), numbers.iter().copied())),
                    )
                    .add_option(self.lt.map(|n| number().lt(n)))
                    .add_option(self.lte.map(|n| number().lte(n)))
                    .add_option(self.gt.map(|n| number().gt(n)))
                    .add_option(self.gte.map(|n| number().gte(n)))
                    .add_option(self.is_null.map(|null| nullness_of(number(), null)))
            }
        }

        impl ColumnFilter for $filter {
            fn on<C: ColumnTrait>(&self, column: C, _: &Path<'_>) -> Result<Condition, ClientError> {
                Ok(self.holds(&Expr::col(column.as_column_ref())))
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

number_filter! {
    /// Conditions on numbers with a fraction.
    FloatFilter of f64
}
