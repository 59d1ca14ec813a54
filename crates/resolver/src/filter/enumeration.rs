//! Enums: a GraphQL enum over the entity's, with its filter and how a stored value shows.

/// Declares a GraphQL enum that mirrors an entity's, and its filter input.
///
/// ```ignore
/// enumeration! {
///     /// Where a campaign stands.
///     CampaignStatus / CampaignStatusFilter of campaign::CampaignStatus {
///         /// Being written.
///         Draft,
///     }
/// }
/// ```
///
/// One that nothing is filtered by is declared without its filter: `Theme of theme::Theme as text
/// { … }`; `as text` for one that a column holds, which inputs can then write.
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident / $filter:ident of $stored:path { $($values:tt)* }) => {
        $crate::filter::enumeration! { $(#[$doc])* $name of $stored as text { $($values)* } }

        #[doc = concat!("Conditions on `", stringify!($name), "`.")]
        #[derive(async_graphql::InputObject, Clone, Debug, Default)]
        pub struct $filter {
            /// Equal to.
            pub eq: Option<$name>,
            /// Different from.
            pub ne: Option<$name>,
            /// One of.
            #[graphql(name = "in")]
            pub any: Option<Vec<$name>>,
        }

        impl $crate::aggregate::Readable for $name {
            fn read(row: &tenant::Row, column: &str) -> Result<async_graphql::Value, sea_orm::DbErr> {
                let stored: Option<$stored> = row.named(column)?;
                Ok(<Option<$name> as rows::Scalar<Option<$stored>>>::value(&stored))
            }
        }

        impl $crate::filter::ColumnFilter for $filter {
            fn on<C: sea_orm::ColumnTrait>(&self, column: C, _: &$crate::input::Path<'_>) -> Result<sea_orm::Condition, $crate::error::ClientError> {
                let text = |shown: $name| sea_orm::ActiveEnum::to_value(&<$stored>::from(shown));
                Ok(sea_orm::Condition::all()
                    .add_option(self.eq.map(|shown| column.eq(text(shown))))
                    .add_option(self.ne.map(|shown| column.ne(text(shown))))
                    .add_option(self.any.as_ref().map(|shown| $crate::filter::any_of(column, shown.iter().map(|shown| text(*shown))))))
            }
        }
    };
    ($(#[$doc:meta])* $name:ident of $stored:path as text { $($values:tt)* }) => {
        $crate::filter::enumeration! { $(#[$doc])* $name of $stored { $($values)* } }

        impl $crate::input::Stored for $name {
            fn stored(self, _: &$crate::input::Path<'_>) -> Result<sea_orm::Value, $crate::error::ClientError> {
                Ok(sea_orm::ActiveEnum::to_value(&<$stored>::from(self)).into())
            }
        }
    };
    ($(#[$doc:meta])* $name:ident of $stored:path { $($(#[$value_doc:meta])* $value:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$value_doc])* $value,)*
        }

        impl From<$stored> for $name {
            fn from(stored: $stored) -> Self {
                use $stored as Stored;
                match stored { $(Stored::$value => Self::$value,)* }
            }
        }

        impl From<$name> for $stored {
            fn from(shown: $name) -> Self {
                match shown { $($name::$value => Self::$value,)* }
            }
        }

        impl rows::Scalar<$stored> for $name {
            fn value(stored: &$stored) -> async_graphql::Value {
                async_graphql::InputType::to_value(&Self::from(stored.clone()))
            }

            fn write(stored: &$stored, json: &mut rows::JsonText) {
                json.enumeration(Self::from(stored.clone()));
            }
        }
    };
}
pub(crate) use enumeration;
