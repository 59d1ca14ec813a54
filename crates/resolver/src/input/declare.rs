//! The declaration of what of a table can be written.

use async_graphql::InputType;

use super::{Changes, Path};
use crate::{error::ClientError, table::Table};

/// The input that describes a new row; made by `writable!`.
pub(crate) trait NewRow: InputType {
    /// The object that is made.
    type Object: Table;
    /// What the input has beside the row's own columns.
    type Rest;
    /// The row's columns, checked, and the rest.
    ///
    /// # Errors
    /// For the first value that means nothing.
    fn split(self, at: &Path<'_>) -> Result<(Changes<Self::Object>, Self::Rest), ClientError>;
}

/// The input that describes how rows change; made by `writable!`.
pub(crate) trait Change<T: Table>: InputType {
    /// The columns that change, checked.
    ///
    /// # Errors
    /// For the first value that means nothing.
    fn changes(self, at: &Path<'_>) -> Result<Changes<T>, ClientError>;
}

/// Declares the inputs that create and change an object.
///
/// ```ignore
/// writable! {
///     Company on company;
///     /// A new company.
///     create CreateCompanyInput;
///     /// How companies change; what is not given stays as it is.
///     change CompanyChanges;
///     fixed {}
///     required {
///         /// Name as shown.
///         name: String => Name,
///     }
///     optional {
///         /// What it does.
///         industry: String => Industry,
///     }
/// }
/// ```
///
/// `fixed` columns are given at creation and never change, `required` ones must be given at
/// creation, `optional` ones have a default or may be null. `create … with { field: Type, }` adds
/// fields that are no columns.
macro_rules! writable {
    (
        $object:ident on $table:ident;
        $(#[$create_doc:meta])* create $create:ident $(with { $($(#[$with_doc:meta])* $with:ident: $with_type:ty,)* })?;
        $(#[$change_doc:meta])* change $change:ident;
        fixed { $($(#[$fixed_doc:meta])* $fixed:ident: $fixed_type:ty => $fixed_column:ident,)* }
        required { $($(#[$required_doc:meta])* $required:ident: $required_type:ty => $required_column:ident,)* }
        optional { $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty => $optional_column:ident,)* }
    ) => {
        $(#[$create_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $create {
            $($(#[$fixed_doc])* pub $fixed: $fixed_type,)*
            $($(#[$required_doc])* pub $required: $required_type,)*
            $($(#[$optional_doc])* pub $optional: Option<$optional_type>,)*
            $($($(#[$with_doc])* pub $with: $with_type,)*)?
        }

        impl $crate::input::NewRow for $create {
            type Object = $object;
            type Rest = ($($($with_type,)*)?);

            fn split(self, at: &$crate::input::Path<'_>) -> Result<($crate::input::Changes<$object>, Self::Rest), $crate::error::ClientError> {
                let mut changes = $crate::input::Changes::new();
                $(changes.give(at, stringify!($fixed), $table::Column::$fixed_column, Some(self.$fixed))?;)*
                $(changes.give(at, stringify!($required), $table::Column::$required_column, Some(self.$required))?;)*
                $(changes.give(at, stringify!($optional), $table::Column::$optional_column, self.$optional)?;)*
                Ok((changes, ($($(self.$with,)*)?)))
            }
        }

        $(#[$change_doc])*
        #[derive(async_graphql::InputObject)]
        pub struct $change {
            $($(#[$required_doc])* pub $required: async_graphql::MaybeUndefined<$required_type>,)*
            $($(#[$optional_doc])* pub $optional: async_graphql::MaybeUndefined<$optional_type>,)*
        }

        impl $crate::input::Change<$object> for $change {
            fn changes(self, at: &$crate::input::Path<'_>) -> Result<$crate::input::Changes<$object>, $crate::error::ClientError> {
                let mut changes = $crate::input::Changes::new();
                $(changes.give(at, stringify!($required), $table::Column::$required_column, self.$required)?;)*
                $(changes.give(at, stringify!($optional), $table::Column::$optional_column, self.$optional)?;)*
                Ok(changes)
            }
        }
    };
}
pub(crate) use writable;

/// Declares an input object that is kept as one JSON document: `field: Type => "stored_name"`.
macro_rules! typed_json {
    (
        $(#[$doc:meta])* $input:ident {
            required { $($(#[$required_doc:meta])* $required:ident: $required_type:ty => $required_name:literal,)* }
            optional { $($(#[$optional_doc:meta])* $optional:ident: $optional_type:ty => $optional_name:literal,)* }
        }
    ) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Clone)]
        pub struct $input {
            $($(#[$required_doc])* pub $required: $required_type,)*
            $($(#[$optional_doc])* pub $optional: Option<$optional_type>,)*
        }

        impl $crate::input::Stored for $input {
            fn stored(self, at: &$crate::input::Path<'_>) -> Result<sea_orm::Value, $crate::error::ClientError> {
                let document = $crate::input::Document::default();
                $(let document = document.add($required_name, Some(self.$required.stored(&at.field(stringify!($required)))))?;)*
                $(let document = document.add($optional_name, self.$optional.map(|value| value.stored(&at.field(stringify!($optional)))))?;)*
                Ok(document.into())
            }
        }
    };
}
pub(crate) use typed_json;
