//! Who asks, and what for.

use std::sync::Arc;

use entity::id::{TenantId, UserId};
use uuid::Uuid;

use crate::{api_key::ApiKey, origin::Origin};

/// Who a request speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// A user acting in one tenant; the database checks that the membership is live.
    Member {
        /// The tenant whose rows the request may see.
        tenant: TenantId,
        /// The user who asks.
        user: UserId,
    },
    /// A tool that acts for the member who made its key; the database checks that the key is live, and so is the
    /// membership.
    Key(ApiKey),
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
    /// Platform staff who read in a tenant. That they do is recorded in the same transaction.
    Acting {
        /// The tenant whose rows the request may see.
        tenant: TenantId,
        /// The member of staff.
        user: UserId,
        /// Why.
        act: Arc<Act>,
    },
    /// The platform's own work for a tenant, with no user; the database checks that the tenant is live. No request is it.
    Job {
        /// The tenant whose rows the work may see.
        tenant: TenantId,
    },
    /// The platform's own work for all tenants: which jobs are due, and what has to become one. It sees ids, and no row of
    /// a tenant. No request is it.
    Dispatcher,
}

/// Why a member of staff looks into a tenant, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// In the words of who acts.
    pub reason: String,
    /// The request's id, by which the log has the rest.
    pub request: Uuid,
    /// From where it came.
    pub origin: Origin,
}

impl Identity {
    /// The user who asks; of the platform's own work the one without a digit.
    #[must_use]
    pub fn user(&self) -> UserId {
        match self {
            Self::Member { user, .. }
            | Self::User { user }
            | Self::Staff { user }
            | Self::Acting { user, .. } => *user,
            Self::Key(key) => key.user(),
            Self::Job { .. } | Self::Dispatcher => Uuid::nil().into(),
        }
    }

    /// The tenant asked in, if any. That there is none does not tell staff from a user.
    #[must_use]
    pub fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Member { tenant, .. } | Self::Acting { tenant, .. } | Self::Job { tenant } => {
                Some(*tenant)
            }
            Self::Key(key) => Some(key.tenant()),
            Self::User { .. } | Self::Staff { .. } | Self::Dispatcher => None,
        }
    }
}

impl Identity {
    /// Asks with the permissions of the platform's staff, in a tenant or in none.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        matches!(self, Self::Staff { .. } | Self::Acting { .. })
    }

    /// What is read is recorded, so also the transaction of a query has something to commit.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self, Self::Acting { .. })
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

    /// Whether a member with this role may do all that one with `other` may: who has it can give a key the other.
    #[must_use]
    pub fn includes(self, other: Self) -> bool {
        use Role::{Admin, Analyst, Billing, Member, Owner};
        match self {
            Owner => true,
            Admin => matches!(other, Admin | Member | Analyst),
            Member => matches!(other, Member | Analyst),
            Billing => matches!(other, Billing | Analyst),
            Analyst => other == Analyst,
        }
    }

    /// Reads the database's text; a role this version does not know gives no right, hence `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}
