//! Whom a command is run for: a member of a tenant, a user without one, or the platform's staff.

use entity::id::{TenantId, UserId};
use tenant::{Identity, Tier, find_member, find_staff, find_user};

use super::CommandError;
use crate::database::Databases;

/// Somebody, as the command line says it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Somebody<'a> {
    /// A tenant's name or id.
    pub(super) tenant: Option<&'a str>,
    /// A user's address or id.
    pub(super) user: &'a str,
    /// One of the platform's staff, who names no tenant.
    pub(super) staff: bool,
}

impl Somebody<'_> {
    /// The identity that ids stand for, which need no database; `None` if one of them is a name.
    pub(super) fn by_ids(self) -> Option<Identity> {
        let user = self.user.parse::<UserId>().ok()?;
        match self.tenant {
            Some(tenant) => Some(Identity::Member {
                tenant: tenant.parse::<TenantId>().ok()?,
                user,
            }),
            None if self.staff => Some(Identity::Staff { user }),
            None => Some(Identity::User { user }),
        }
    }

    /// The identity that names stand for, or names and ids.
    pub(super) async fn by_names(self, databases: &Databases) -> Result<Identity, CommandError> {
        let Some(url) = databases.oltp().admin.as_deref() else {
            return Err(CommandError::Usage(
                "names can not be looked up as the login role: give ids (--tenant tnt_… --user user_…), or set GATEWAY_ADMIN_URL to a superuser's URL".to_owned(),
            ));
        };
        let found = match self.tenant {
            Some(tenant) => find_member(url, tenant, self.user).await,
            None if self.staff => find_staff(url, self.user).await,
            None => find_user(url, self.user).await,
        };
        let found = found.map_err(|cause| CommandError::Unreachable(Tier::Oltp, cause))?;
        found.ok_or_else(|| CommandError::Usage(self.unknown()))
    }

    fn unknown(self) -> String {
        let user = self.user;
        match self.tenant {
            Some(tenant) => format!(
                "the tenant {tenant} has no member {user}, or there is no such tenant: the demo, which the first `gateway serve` makes, has owner@acme.test in acme and owner@globex.test in globex"
            ),
            None if self.staff => format!(
                "no active member of staff is {user}: the demo, which the first `gateway serve` makes, has ops@platform.test"
            ),
            None => format!(
                "there is no user {user}: the demo, which the first `gateway serve` makes, has owner@acme.test and consultant@agency.test"
            ),
        }
    }
}
