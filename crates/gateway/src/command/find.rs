//! Whom a command is run for: a member of a tenant, or of the platform's staff.

use entity::id::{TenantId, UserId};
use tenant::{Identity, find_member, find_staff};

use super::CommandError;
use crate::database::Databases;

/// The user that ids stand for, which need no database; `None` if one of them is a name. Without a
/// tenant it is one of the staff.
pub(super) fn by_ids(tenant: Option<&str>, user: &str) -> Option<Identity> {
    let user = user.parse::<UserId>().ok()?;
    match tenant {
        Some(tenant) => Some(Identity::Member {
            tenant: tenant.parse::<TenantId>().ok()?,
            user,
        }),
        None => Some(Identity::Staff { user }),
    }
}

/// The user that names stand for, or names and ids.
pub(super) async fn by_names(
    databases: &Databases,
    tenant: Option<&str>,
    user: &str,
) -> Result<Identity, CommandError> {
    let Some(url) = databases.admin.as_deref() else {
        return Err(CommandError::Usage(
            "names can not be looked up as the login role: give ids (--tenant tnt_… --user user_…), or set GATEWAY_ADMIN_URL to a superuser's URL".to_owned(),
        ));
    };
    let found = match tenant {
        Some(tenant) => find_member(url, tenant, user).await,
        None => find_staff(url, user).await,
    };
    found.map_err(CommandError::Unreachable)?.ok_or_else(|| {
        CommandError::Usage(match tenant {
            Some(tenant) => format!("the tenant {tenant} has no member {user}, or there is no such tenant: the demo, which the first `gateway serve` makes, has owner@acme.test in acme and owner@globex.test in globex"),
            None => format!("no active member of staff is {user}: the demo, which the first `gateway serve` makes, has ops@platform.test"),
        })
    })
}
