//! What can be listened to, and what is told.

use entity::id::TenantId;
use uuid::Uuid;

/// A kind of row that is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A campaign, and the steps of its sequence.
    Campaign,
    /// An import of leads.
    LeadImport,
    /// A subscription, and the payments for it.
    Subscription,
}

impl Subject {
    /// Reads the database's text; what this version does not know is told to nobody.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "campaign" => Some(Self::Campaign),
            "lead_import" => Some(Self::LeadImport),
            "subscription" => Some(Self::Subscription),
            _ => None,
        }
    }
}

/// What somebody listens to: a tenant's rows of a kind, or one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Whose rows.
    pub tenant: TenantId,
    /// Which kind.
    pub subject: Subject,
    /// The key of one row; `None` for all.
    pub id: Option<Uuid>,
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl Change {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "created" => Some(Self::Created),
            "updated" => Some(Self::Updated),
            "deleted" => Some(Self::Deleted),
            _ => None,
        }
    }

    /// This and what happened after it, told at once.
    pub(super) fn and_then(self, later: Self) -> Self {
        match (self, later) {
            (Self::Created, Self::Updated) => Self::Created,
            // A part of it went with it.
            (Self::Deleted, Self::Updated) => Self::Deleted,
            (_, later) => later,
        }
    }
}

/// Something that happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The row's key.
    pub id: Uuid,
    /// What happened.
    pub change: Change,
}
