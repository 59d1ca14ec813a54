//! Tenants.

use entity::{
    id::TenantId,
    oltp::{admin_system_event, tenant, tenant_user},
};
use uuid::Uuid;

use super::{
    admin_system_event::AdminSystemEvent,
    prelude::*,
    tenant_config::TenantConfig,
    tenant_policy::TenantPolicy,
    tenant_user::{TenantUser, TenantUserListFilter},
    user::{User, UserListFilter},
};

rows::object! {
    /// A customer of the platform; a request sees its own tenant only.
    pub object Tenant(tenant::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// The compute that the tenant is placed on, where the provider places tenants.
        compute_id: Option<Uuid>,
        /// When the tenant was removed.
        deleted: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// Its members, with what they may do; also those who were removed.
        members(ConnectionArguments<TenantUser>): Connection<TenantUser>
            = id -> children(tenant_user::Column::TenantId),
        /// The users who are its members.
        users(ConnectionArguments<User>): Connection<User>
            = id -> through(tenant_user::Column::TenantId, tenant_user::Column::UserId),
        /// Its configuration.
        config: Option<TenantConfig> = id -> by_id::<TenantConfig>(),
        /// What it demands of its members' accounts.
        policy: Option<TenantPolicy> = id -> by_id::<TenantPolicy>(),
        /// The system events about it; owners and admins see them.
        admin_system_events(ConnectionArguments<AdminSystemEvent>): Connection<AdminSystemEvent>
            = id -> children(admin_system_event::Column::TenantId),
    }
}

table! { Tenant of tenant by TenantId, filtered TenantFilter, ordered TenantOrder }

filter! {
    /// Which tenants to show.
    TenantFilter on tenant {
        columns {
            /// The id.
            id: Ids<TenantId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// When the tenant was removed.
            deleted: DateTimeFilter => Deleted,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// Its members, with what they may do.
            members: TenantUserListFilter => Id, tenant_user::Column::TenantId;
        }
        through {
            /// The users who are its members.
            users: UserListFilter => Id, tenant_user::Column::TenantId, tenant_user::Column::UserId, entity::oltp::user::Column::Id;
        }
    }
}

order! {
    /// How tenants are ordered.
    TenantOrder by TenantOrderField on tenant {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Tenant of tenant {
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When the tenant was removed.
            deleted => Deleted,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
