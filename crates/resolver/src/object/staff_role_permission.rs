//! Which staff role has which permission.

use entity::{
    id::{PermissionId, StaffRoleId, StaffRolePermissionId},
    oltp::{permission, staff_role, staff_role_permission},
};

use super::{
    permission::{Permission, PermissionFilter},
    prelude::*,
    staff_role::{StaffRole, StaffRoleFilter},
};

rows::object! {
    /// A permission that a staff role has.
    pub object StaffRolePermission(staff_role_permission::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// When it was given.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The role.
        role: StaffRole = role_id -> by_id::<StaffRole>(),
        /// The permission.
        permission: Permission = permission_id -> by_id::<Permission>(),
    }
}

table! {
    StaffRolePermission of staff_role_permission by StaffRolePermissionId,
    filtered StaffRolePermissionFilter, ordered StaffRolePermissionOrder, read by Staff
}

filter! {
    /// Which permissions of roles to show.
    StaffRolePermissionFilter / StaffRolePermissionListFilter on staff_role_permission {
        columns {
            /// The id.
            id: Ids<StaffRolePermissionId> => Id,
            /// The id of the role.
            role_id: Ids<StaffRoleId> => RoleId,
            /// The id of the permission.
            permission_id: Ids<PermissionId> => PermissionId,
            /// When it was given.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The role.
            role: StaffRoleFilter => RoleId, staff_role::Column::Id;
            /// The permission.
            permission: PermissionFilter => PermissionId, permission::Column::Id;
        }
    }
}

order! {
    /// How permissions of roles are ordered.
    StaffRolePermissionOrder by StaffRolePermissionOrderField on staff_role_permission {
        /// When it was given.
        Created,
    }
}

aggregates! {
    StaffRolePermission of staff_role_permission {
        times {
            /// When it was given.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        related {
            /// The role.
            role: StaffRole => RoleId,
            /// The permission.
            permission: Permission => PermissionId,
        }
    }
}
