//! What can be done to every object alike: update and delete, one or those of a filter.

use std::sync::Arc;

use crate::table::Table;

/// A row as the transaction sees it after a write.
pub struct Written<T: Table>(pub(super) Arc<T::Row>);

/// Declares `updateX` and, with a filter, `updateXs`: their inputs, payloads and what they do.
///
/// ```ignore
/// updatable! {
///     Company by CompanyId, changed by CompanyChanges, filtered CompanyFilter, with Work;
///     one UpdateCompanyInput answers UpdateCompanyPayload { company };
///     many UpdateCompaniesInput answers UpdateCompaniesPayload;
/// }
/// ```
macro_rules! updatable {
    (
        $object:ident by $id:ident, changed by $changes:ident $(, filtered $filter:ident)?, with $right:ident;
        one $one:ident answers $one_payload:ident { $field:ident };
        $(many $many:ident answers $many_payload:ident;)?
    ) => {
        #[doc = concat!("Which `", stringify!($object), "` to change, and how.")]
        #[derive(async_graphql::InputObject)]
        pub struct $one {
            /// The id.
            pub id: $crate::input::Reference<$id>,
            /// The `updated` that was read. If given, a row that changed since is left alone and the answer is the error `STALE`.
            pub expected_updated: Option<chrono::DateTime<chrono::Utc>>,
            /// The new values; what is not given stays as it is.
            pub set: $changes,
        }

        rows::object! {
            #[description = concat!("The changed `", stringify!($object), "`.")]
            pub object $one_payload($crate::mutation::standard::Written<$object>) {
                /// As it is now.
                $field: $object = |written| Some(Some(std::sync::Arc::clone(&written.0))) -> $crate::loader::inside(),
            }
        }

        impl $crate::mutation::Mutate for $one {
            type Payload = $one_payload;
            const RIGHT: $crate::write::Right = $crate::write::Right::$right;

            async fn run(self, writer: &$crate::write::Writer<'_>) -> async_graphql::Result<$crate::mutation::standard::Written<$object>> {
                use $crate::input::{Change, INPUT};
                let set = INPUT.field("set");
                let changes = self.set.changes(&set)?;
                let target = $crate::write::Target::<$object>::new(&self.id, self.expected_updated)?;
                let row = writer.update(&target, &set, changes).await?;
                Ok($crate::mutation::standard::Written(row))
            }
        }

        $($crate::mutation::standard::updatable! {
            @many $object by $id, changed by $changes, filtered $filter, with $right;
            $many answers $many_payload;
        })?
    };
    (
        @many $object:ident by $id:ident, changed by $changes:ident, filtered $filter:ident, with $right:ident;
        $many:ident answers $many_payload:ident;
    ) => {
        #[doc = concat!("Which rows of `", stringify!($object), "` to change, and how.")]
        #[derive(async_graphql::InputObject)]
        pub struct $many {
            /// Which to change; an empty filter selects all.
            pub filter: $filter,
            /// The new values; what is not given stays as it is.
            pub set: $changes,
            /// How many rows may be changed, from 1 to 10,000. If the filter selects more, nothing is changed and the answer is the error `TOO_MANY_ROWS`.
            pub at_most: $crate::write::AtMost,
        }

        rows::object! {
            #[description = concat!("Which rows of `", stringify!($object), "` were changed.")]
            pub object $many_payload($crate::mutation::standard::Ids<$id>) {
                /// How many were changed.
                count: i32 = |changed| changed.count(),
                /// Their ids, in no order.
                ids: Vec<$crate::scalar::GlobalId> = |changed| changed.0.clone(),
            }
        }

        impl $crate::mutation::Mutate for $many {
            type Payload = $many_payload;
            const RIGHT: $crate::write::Right = $crate::write::Right::$right;

            async fn run(self, writer: &$crate::write::Writer<'_>) -> async_graphql::Result<$crate::mutation::standard::Ids<$id>> {
                use $crate::input::{Change, INPUT};
                let set = INPUT.field("set");
                let changes = self.set.changes(&set)?;
                let selected = $crate::write::Selected::new(&self.filter, self.at_most)?;
                let ids = writer.update_many::<$object>(&selected, &set, changes).await?;
                Ok($crate::mutation::standard::Ids(ids))
            }
        }
    };
}
pub(super) use updatable;

/// Declares `deleteX` and `deleteXs` like [`updatable`].
macro_rules! deletable {
    (
        $object:ident by $id:ident, filtered $filter:ident, with $right:ident;
        one $one:ident answers $one_payload:ident;
        many $many:ident answers $many_payload:ident;
    ) => {
        #[doc = concat!("Which `", stringify!($object), "` to delete.")]
        #[derive(async_graphql::InputObject)]
        pub struct $one {
            /// The id.
            pub id: $crate::input::Reference<$id>,
            /// The `updated` that was read. If given, a row that changed since is left alone and the answer is the error `STALE`.
            pub expected_updated: Option<chrono::DateTime<chrono::Utc>>,
        }

        rows::object! {
            #[description = concat!("The deleted `", stringify!($object), "`.")]
            pub object $one_payload($crate::mutation::standard::Id<$id>) {
                /// Its id, which leads nowhere from now on.
                id: $crate::scalar::GlobalId = |deleted| deleted.0,
            }
        }

        impl $crate::mutation::Mutate for $one {
            type Payload = $one_payload;
            const RIGHT: $crate::write::Right = $crate::write::Right::$right;

            async fn run(
                self,
                writer: &$crate::write::Writer<'_>,
            ) -> async_graphql::Result<$crate::mutation::standard::Id<$id>> {
                let target =
                    $crate::write::Target::<$object>::new(&self.id, self.expected_updated)?;
                writer.delete(&target).await?;
                Ok($crate::mutation::standard::Id(target.id))
            }
        }

        #[doc = concat!("Which rows of `", stringify!($object), "` to delete.")]
        #[derive(async_graphql::InputObject)]
        pub struct $many {
            /// Which to delete; an empty filter selects all.
            pub filter: $filter,
            /// How many rows may be deleted, from 1 to 10,000. If the filter selects more, nothing is deleted and the answer is the error `TOO_MANY_ROWS`.
            pub at_most: $crate::write::AtMost,
        }

        rows::object! {
            #[description = concat!("Which rows of `", stringify!($object), "` were deleted.")]
            pub object $many_payload($crate::mutation::standard::Ids<$id>) {
                /// How many were deleted.
                count: i32 = |deleted| deleted.count(),
                /// Their ids, in no order.
                ids: Vec<$crate::scalar::GlobalId> = |deleted| deleted.0.clone(),
            }
        }

        impl $crate::mutation::Mutate for $many {
            type Payload = $many_payload;
            const RIGHT: $crate::write::Right = $crate::write::Right::$right;

            async fn run(
                self,
                writer: &$crate::write::Writer<'_>,
            ) -> async_graphql::Result<$crate::mutation::standard::Ids<$id>> {
                let selected = $crate::write::Selected::new(&self.filter, self.at_most)?;
                let ids = writer.delete_many::<$object>(&selected).await?;
                Ok($crate::mutation::standard::Ids(ids))
            }
        }
    };
}
pub(super) use deletable;

/// A deleted row's id.
pub struct Id<I>(pub(super) I);

/// The ids of changed or deleted rows.
pub struct Ids<I>(pub(super) Vec<I>);

impl<I> Ids<I> {
    /// Their number, which the client's bound keeps small.
    pub(super) fn count(&self) -> i32 {
        i32::try_from(self.0.len()).unwrap_or(i32::MAX)
    }
}
