//! What staff can be permitted to do.

use entity::{
    id::PermissionId,
    oltp::{permission, staff_role, staff_role_permission},
};

use super::{
    prelude::*,
    staff_role::{StaffRole, StaffRoleListFilter},
    staff_role_permission::{StaffRolePermission, StaffRolePermissionListFilter},
};

rows::object! {
    /// Something that staff can be permitted to do.
    pub object Permission(permission::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Unique name: what, a dot, and how; `infrastructure.read`.
        name: String,
        /// What it allows.
        description: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The roles that have it.
        roles(ConnectionArguments<StaffRole>): Connection<StaffRole>
            = id -> through(staff_role_permission::Column::PermissionId, staff_role_permission::Column::RoleId),
        /// The roles that have it, with when each was given it.
        role_permissions(ConnectionArguments<StaffRolePermission>): Connection<StaffRolePermission>
            = id -> children(staff_role_permission::Column::PermissionId),
    }
}

table! { Permission of permission by PermissionId, filtered PermissionFilter, ordered PermissionOrder, read by Staff }

filter! {
    /// Which permissions to show.
    PermissionFilter / PermissionListFilter on permission {
        columns {
            /// The id.
            id: Ids<PermissionId> => Id,
            /// Unique name.
            name: TextFilter => Name,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The roles that have it, with when each was given it.
            role_permissions: StaffRolePermissionListFilter => Id, staff_role_permission::Column::PermissionId;
        }
        through {
            /// The roles that have it.
            roles: StaffRoleListFilter => Id, staff_role_permission::Column::PermissionId, staff_role_permission::Column::RoleId, staff_role::Column::Id;
        }
    }
}

order! {
    /// How permissions are ordered.
    PermissionOrder by PermissionOrderField on permission {
        /// When it was made.
        Created,
        /// The name.
        Name,
    }
}

aggregates! {
    Permission of permission {
        texts {
            /// Unique name: what, a dot, and how; `infrastructure.read`.
            name => Name,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
