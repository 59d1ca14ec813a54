//! What roles may do.

use tenant::Role;

use crate::error::{ClientError, Code};

/// What a mutation needs. An analyst reads only, a member works, billing manages billing, an admin
/// does all but billing and members, an owner does all. The policies of the migrations say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// Companies, domains, accounts, leads, templates, campaigns.
    Work,
    /// The tenant's configuration and policies, and the end of keys of internal tools.
    Configure,
    /// Keys of internal tools: made by people only, because a key that leaked must not live on in another one.
    MakeKeys,
    /// Members, their roles, invitations.
    ManageMembers,
    /// Subscriptions and where bills go; and reading what was paid, for what, and Stripe's ids.
    ManageBilling,
    /// What is the user's own.
    Oneself,
}

impl Right {
    /// The roles that have it.
    pub(crate) fn roles(self) -> &'static [Role] {
        match self {
            Self::Work => &[Role::Owner, Role::Admin, Role::Member],
            Self::Configure | Self::MakeKeys => &[Role::Owner, Role::Admin],
            Self::ManageMembers => &[Role::Owner],
            Self::ManageBilling => &[Role::Owner, Role::Billing],
            Self::Oneself => &[Role::Owner, Role::Admin, Role::Member, Role::Billing],
        }
    }

    /// Whether it is for internal tools, too, whose keys have the roles.
    pub(crate) fn is_for_keys(self) -> bool {
        !matches!(self, Self::MakeKeys | Self::Oneself)
    }

    /// # Errors
    /// `FORBIDDEN`, with the roles that would do.
    pub(crate) fn check(self, held: &[Role]) -> Result<(), ClientError> {
        if held.iter().any(|role| self.roles().contains(role)) {
            return Ok(());
        }
        let may: Vec<&str> = self.roles().iter().map(|role| role.as_str()).collect();
        Err(ClientError::new(
            Code::Forbidden,
            format!(
                "this takes the role {}; ask an owner of the tenant for it",
                may.join(" or ")
            ),
        ))
    }
}
