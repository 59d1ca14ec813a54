use async_graphql::{Error, Pos, ServerError};

/// The field errors that this crate raises itself.
///
/// They are the `source` of the [`ServerError`], so that a server can give them a code of its own.
/// [`FieldError::is_of_the_query`] tells whose fault one is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// A non-null field has no value: its row is missing, or a column was read as null.
    #[error("`{object}.{field}` cannot be null, but there is no value for it")]
    Missing {
        /// The object's GraphQL name.
        object: String,
        /// The field's GraphQL name.
        field: &'static str,
    },
    /// A loader answered a different number of values than it was given keys.
    #[error("the loader of `{object}.{field}` answered {answered} values for {asked} keys")]
    Miscounted {
        /// The object's GraphQL name.
        object: String,
        /// The field's GraphQL name.
        field: &'static str,
        /// How many keys the loader was given.
        asked: usize,
        /// How many values it answered.
        answered: usize,
    },
    /// The query puts a directive on a field that runs for a whole level at once.
    #[error("fields of `{object}` take no directive but @skip and @include; remove @{directive}")]
    Directive {
        /// The object's GraphQL name.
        object: String,
        /// The directive's name, without `@`.
        directive: String,
    },
    /// The query selects different fields, or one field with different arguments, under one key.
    #[error(
        "`{key}` is selected as different fields, or with different arguments; give one of them an alias"
    )]
    Conflict {
        /// The response key.
        key: String,
    },
    /// The query names a field the object does not have; validation refuses it before.
    #[error("`{object}` has no field `{field}`")]
    UnknownField {
        /// The object's GraphQL name.
        object: String,
        /// The selected name.
        field: String,
    },
    /// The query names a fragment it does not define; validation refuses it before.
    #[error("the fragment `{fragment}` is not defined")]
    UnknownFragment {
        /// The fragment's name.
        fragment: String,
    },
}

impl FieldError {
    /// Whether the query is at fault, rather than the server or its data.
    #[must_use]
    pub fn is_of_the_query(&self) -> bool {
        !matches!(self, Self::Missing { .. } | Self::Miscounted { .. })
    }

    /// The error at a place of the query, still without a path.
    pub(crate) fn at(self, position: Pos) -> ServerError {
        Error::new_with_source(self).into_server_error(position)
    }
}
