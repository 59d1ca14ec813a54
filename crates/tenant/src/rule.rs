//! Rules that the database keeps with SQLSTATEs of its own, class `TG` (the migrations raise them).

use sea_orm::DbErr;

use crate::error::{Violation, sqlstate, violation};

/// The key by which a membership knows whether its tenant is live.
const MEMBERS_TENANT: &str = "tenant_users_tenant_id_fkey";

/// A rule that a statement would have broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// There is no such open invitation to the user's address.
    NoInvitation,
    /// The invitation has expired.
    InvitationExpired,
    /// The user's address is not verified.
    AddressNotVerified,
    /// A tenant keeps an owner.
    LastOwner,
    /// The database knows no time zone of that name.
    UnknownTimeZone,
}

impl Rule {
    const ALL: [(&str, Self); 5] = [
        ("TG001", Self::NoInvitation),
        ("TG002", Self::InvitationExpired),
        ("TG003", Self::AddressNotVerified),
        ("TG101", Self::LastOwner),
        ("TG102", Self::UnknownTimeZone),
    ];

    /// The rule that an error is about.
    #[must_use]
    pub fn broken_by(error: &DbErr) -> Option<Self> {
        // The tenant was deleted at that moment.
        if let Some(Violation::ForeignKey { constraint, .. }) = violation(error)
            && constraint == MEMBERS_TENANT
        {
            return Some(Self::NoInvitation);
        }
        let found = sqlstate(error)?;
        let mut rules = Self::ALL.into_iter();
        rules.find_map(|(code, rule)| (code == found).then_some(rule))
    }
}
