//! Memberships.

use ::tenant::Role;
use entity::{
    id::{TenantUserId, UserId},
    oltp::{tenant, tenant_user, user},
};

use super::{
    prelude::*,
    tenant::{Tenant, TenantFilter},
    user::{User, UserFilter},
};

rows::object! {
    /// A user's membership in the request's tenant.
    pub object TenantUser(tenant_user::Model) implements Node {
        /// The id.
        id: GlobalId = |row| TenantUserId::from(row.user_id),
        /// The address that the member uses in this tenant, if it is not the user's own.
        email: Option<EmailAddress>,
        /// What the member may do.
        roles: Vec<TenantRole> = |row| roles(&row.roles),
        /// When the member was removed; a removed member has no access.
        deleted: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The tenant.
        tenant: Tenant = tenant_id -> by_id::<Tenant>(),
        /// The user; null once the member is removed, because the tenant no longer sees the person.
        user: Option<User> = user_id -> by_id::<User>(),
    }
}

table! {
    TenantUser of tenant_user by TenantUserId as UserId user_id,
    filtered TenantUserFilter, ordered TenantUserOrder
}

enumeration! {
    /// What a member may do in a tenant.
    TenantRole of Role {
        /// Everything.
        Owner,
        /// Everything but billing.
        Admin,
        /// Works with companies, campaigns, templates and leads.
        Member,
        /// Reads only.
        Analyst,
        /// Sees and manages billing.
        Billing,
    }
}

/// The roles that this version knows; another gives no right.
pub(crate) fn roles(stored: &[String]) -> Vec<Role> {
    stored.iter().filter_map(|text| Role::parse(text)).collect()
}

filter! {
    /// Which memberships to show.
    TenantUserFilter / TenantUserListFilter on tenant_user {
        columns {
            /// The id.
            id: Ids<TenantUserId> => UserId,
            /// The id of the user.
            user_id: Ids<UserId> => UserId,
            /// The address that the member uses in this tenant.
            email: TextFilter => Email,
            /// When the member was removed.
            deleted: DateTimeFilter => Deleted,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The tenant.
            tenant: TenantFilter => TenantId, tenant::Column::Id;
            /// The user.
            user: UserFilter => UserId, user::Column::Id;
        }
    }
}

order! {
    /// How memberships are ordered.
    TenantUserOrder by TenantUserOrderField on tenant_user {
        /// When it was made.
        Created,
    }
}

aggregates! {
    TenantUser of tenant_user {
        times {
            /// When the member was removed; a removed member has no access.
            deleted => Deleted,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
