//! The declaration of a filter input.

use sea_orm::{
    ColumnTrait, Condition, ExprTrait,
    sea_query::{Expr, Query, SelectStatement},
};

use crate::error::ClientError;

/// Declares an object's filter input, and the input that other objects' filters use for a list of it;
/// without any such filter, leave out the slash and the second name.
///
/// ```ignore
/// filter! {
///     /// Which campaigns to show.
///     CampaignFilter / CampaignListFilter on campaign {
///         columns {
///             /// The id.
///             id: Ids<CampaignId> => Id,
///         }
///         one {
///             /// The company it is for.
///             company: CompanyFilter => CompanyId, company::Column::Id;
///         }
///         many {
///             /// Its steps.
///             steps: CampaignSequenceStepListFilter => Id, step::Column::CampaignId;
///         }
///         through {
///             /// Its folders.
///             folders: FolderListFilter => Id, join::Column::TemplateId, join::Column::FolderId, folder::Column::Id;
///         }
///     }
/// }
/// ```
macro_rules! filter {
    (
        $(#[$doc:meta])* $filter:ident $(/ $list:ident)? on $table:ident {
            columns { $($(#[$column_doc:meta])* $column:ident: $column_filter:ty => $stored:ident,)* }
            $(one { $($(#[$one_doc:meta])* $one:ident: $one_filter:ident => $reference:ident, $one_key:path;)* })?
            $(many { $($(#[$many_doc:meta])* $many:ident: $many_filter:ident => $key:ident, $many_reference:path;)* })?
            $(through { $($(#[$through_doc:meta])* $through:ident: $through_filter:ident => $own_key:ident, $join_own:path, $join_other:path, $other_key:path;)* })?
        }
    ) => {
        $(#[$doc])*
        ///
        /// All conditions given must hold.
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $filter {
            $($(#[$column_doc])* pub $column: Option<$column_filter>,)*
            $($($(#[$one_doc])* #[graphql(directive = rows::cost::apply($crate::price::RELATED.to_string()))] pub $one: Option<Box<$one_filter>>,)*)?
            $($($(#[$many_doc])* #[graphql(directive = rows::cost::apply($crate::price::RELATED.to_string()))] pub $many: Option<Box<$many_filter>>,)*)?
            $($($(#[$through_doc])* #[graphql(directive = rows::cost::apply($crate::price::RELATED.to_string()))] pub $through: Option<Box<$through_filter>>,)*)?
            /// All of these hold.
            pub and: Option<Vec<$filter>>,
            /// At least one of these holds; none does of an empty list.
            pub or: Option<Vec<$filter>>,
            /// This does not hold.
            pub not: Option<Box<$filter>>,
        }

        impl $crate::filter::Filter for $filter {
            fn condition(&self, nesting: $crate::filter::Nesting<'_>) -> Result<sea_orm::Condition, $crate::error::ClientError> {
                #[allow(unused_imports, reason = "a table without relations needs no more than conditions")]
                use $crate::filter::{ColumnFilter, declare::{all, any, not, related}};
                let nesting = nesting.deeper()?;
                let mut condition = sea_orm::Condition::all();
                $(if let Some(filter) = &self.$column {
                    condition = condition.add(filter.on($table::Column::$stored, nesting.field(stringify!($column)).at())?);
                })*
                $($(if let Some(filter) = &self.$one {
                    condition = condition.add(related($table::Column::$reference, $one_key, filter.condition(nesting.field(stringify!($one)))?));
                })*)?
                $($(if let Some(filter) = &self.$many {
                    condition = condition.add(filter.condition(nesting.field(stringify!($many)), |inner| Ok(related($table::Column::$key, $many_reference, inner)))?);
                })*)?
                $($(if let Some(filter) = &self.$through {
                    condition = condition.add(filter.condition(nesting.field(stringify!($through)), |inner| {
                        Ok(related($table::Column::$own_key, $join_own, sea_orm::Condition::all().add(related($join_other, $other_key, inner))))
                    })?);
                })*)?
                condition = condition.add_option(self.and.as_ref().map(|filters| all(filters, nesting.field("and"))).transpose()?);
                condition = condition.add_option(self.or.as_ref().map(|filters| any(filters, nesting.field("or"))).transpose()?);
                condition = condition.add_option(self.not.as_ref().map(|filter| filter.condition(nesting.field("not")).map(not)).transpose()?);
                Ok(condition)
            }
        }

        $($crate::filter::filter! { @list $filter / $list })?
    };
    (@list $filter:ident / $list:ident) => {
        #[doc = concat!("Conditions on a list whose items `", stringify!($filter), "` describes.")]
        #[derive(async_graphql::InputObject, Clone, Debug)]
        pub struct $list {
            /// At least one item is like this.
            pub some: Option<$filter>,
            /// No item is like this.
            pub none: Option<$filter>,
        }

        impl $list {
            pub(crate) fn condition(
                &self,
                nesting: $crate::filter::Nesting<'_>,
                item: impl Fn(sea_orm::Condition) -> Result<sea_orm::sea_query::Expr, $crate::error::ClientError>,
            ) -> Result<sea_orm::Condition, $crate::error::ClientError> {
                use $crate::filter::Filter;
                let some = self.some.as_ref().map(|filter| item(filter.condition(nesting.field("some"))?)).transpose()?;
                let none = self.none.as_ref().map(|filter| item(filter.condition(nesting.field("none"))?)).transpose()?;
                Ok(sea_orm::Condition::all()
                    .add_option(some)
                    .add_option(none.map(|matches| sea_orm::ExprTrait::not(matches))))
            }
        }
    };
}
pub(crate) use filter;

use super::{Filter, Nesting};

/// `column IN (SELECT key FROM its table WHERE condition)`. The subquery names its own table's
/// columns only, and its policy applies to it like to any other statement. Keys that are null are
/// left out, or `NOT IN` would be true of nothing.
pub(crate) fn related(
    column: impl ColumnTrait,
    key: impl ColumnTrait,
    condition: Condition,
) -> Expr {
    Expr::col(column.as_column_ref()).in_subquery(keys(key, condition))
}

fn keys(key: impl ColumnTrait, condition: Condition) -> SelectStatement {
    Query::select()
        .expr(Expr::col(key.as_column_ref()))
        .from(key.entity_name())
        .cond_where(condition.add(key.is_not_null()))
        .take()
}

/// All of the filters hold.
pub(crate) fn all<F: Filter>(
    filters: &[F],
    nesting: Nesting<'_>,
) -> Result<Condition, ClientError> {
    let mut filters = filters.iter().enumerate();
    filters.try_fold(Condition::all(), |condition, (index, filter)| {
        Ok(condition.add(filter.condition(nesting.item(index))?))
    })
}

/// One of the filters holds.
pub(crate) fn any<F: Filter>(
    filters: &[F],
    nesting: Nesting<'_>,
) -> Result<Condition, ClientError> {
    if filters.is_empty() {
        return Ok(Condition::all().add(Expr::cust("FALSE")));
    }
    let mut filters = filters.iter().enumerate();
    filters.try_fold(Condition::any(), |condition, (index, filter)| {
        Ok(condition.add(filter.condition(nesting.item(index))?))
    })
}

/// The condition does not hold: it is false, or unknown because a value is missing. Plain NOT
/// would leave out the rows for which it is unknown.
pub(crate) fn not(condition: Condition) -> Expr {
    Expr::cust_with_exprs("($1) IS NOT TRUE", [Expr::from(condition)])
}
