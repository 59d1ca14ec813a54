//! What happened to a row, as clients read it.

use async_graphql::Enum;
use tenant::Change;

/// What happened to a row.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventChange {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl From<Change> for EventChange {
    fn from(change: Change) -> Self {
        match change {
            Change::Created => Self::Created,
            Change::Updated => Self::Updated,
            Change::Deleted => Self::Deleted,
        }
    }
}

impl rows::Scalar<EventChange> for EventChange {
    fn value(change: &EventChange) -> async_graphql::Value {
        async_graphql::InputType::to_value(change)
    }

    fn write(change: &EventChange, json: &mut rows::JsonText) {
        json.enumeration(*change);
    }
}
