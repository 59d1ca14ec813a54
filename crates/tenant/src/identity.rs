//! Who asks, and what for.

use entity::id::{TenantId, UserId};

/// Who a request speaks for. Typed ids only: they are written into a simple-protocol message,
/// where a UUID needs no quoting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A user acting in one tenant; the database checks that the membership is live.
    Member {
        /// The tenant whose rows the request may see.
        tenant: TenantId,
        /// The user who asks.
        user: UserId,
    },
    /// A user who is signed in and names no tenant: to see which there are, and to join one. Nothing of
    /// a tenant can be read; its policies fail for want of the setting.
    User {
        /// The user who asks.
        user: UserId,
    },
    /// Platform staff acting on the platform's own tables. No tenant is set, so that a tenant's
    /// table can not be read by mistake: its policy fails for want of the setting.
    Staff {
        /// The member of staff.
        user: UserId,
    },
}

impl Identity {
    /// The user who asks.
    #[must_use]
    pub fn user(&self) -> UserId {
        match self {
            Self::Member { user, .. } | Self::User { user } | Self::Staff { user } => *user,
        }
    }

    /// The tenant asked in, if any. That there is none does not tell staff from a user.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Member { tenant, .. } => Some(*tenant),
            Self::User { .. } | Self::Staff { .. } => None,
        }
    }
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Queries: `REPEATABLE READ READ ONLY`, one snapshot for the whole operation.
    Read,
    /// Mutations: `READ COMMITTED READ WRITE`, committed as a whole or not at all.
    Write,
}

/// A role of `tenant_users.roles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// May do everything in the tenant.
    Owner,
    /// May do everything but billing.
    Admin,
    /// Works with operational data.
    Member,
    /// Reads only.
    Analyst,
    /// Sees and manages billing.
    Billing,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 5] = [
        Self::Owner,
        Self::Admin,
        Self::Member,
        Self::Analyst,
        Self::Billing,
    ];

    /// The text the database stores.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Analyst => "analyst",
            Self::Billing => "billing",
        }
    }

    /// Whether the role writes anything at all; what, the policies of each table say. A member
    /// without such a role gets a READ ONLY transaction.
    #[must_use]
    pub fn may_write(self) -> bool {
        match self {
            Self::Owner | Self::Admin | Self::Member | Self::Billing => true,
            Self::Analyst => false,
        }
    }

    /// Reads the database's text; a role this version does not know gives no right, hence `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}
