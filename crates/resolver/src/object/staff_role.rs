//! Roles among the platform's staff.

use entity::{
    id::StaffRoleId,
    oltp::{permission, staff_member, staff_role, staff_role_permission},
};

use super::{
    permission::{Permission, PermissionListFilter},
    prelude::*,
    staff_member::{StaffMember, StaffMemberListFilter},
    staff_role_permission::{StaffRolePermission, StaffRolePermissionListFilter},
};

rows::object! {
    /// A role among the platform's staff.
    pub object StaffRole(staff_role::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Unique name.
        name: String,
        /// What it is for.
        description: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// Who has it.
        members(ConnectionArguments<StaffMember>): Connection<StaffMember>
            = id -> children(staff_member::Column::RoleId),
        /// What it permits.
        permissions(ConnectionArguments<Permission>): Connection<Permission>
            = id -> through(staff_role_permission::Column::RoleId, staff_role_permission::Column::PermissionId),
        /// What it permits, with when each was given.
        role_permissions(ConnectionArguments<StaffRolePermission>): Connection<StaffRolePermission>
            = id -> children(staff_role_permission::Column::RoleId),
    }
}

table! { StaffRole of staff_role by StaffRoleId, filtered StaffRoleFilter, ordered StaffRoleOrder, read by Staff }

filter! {
    /// Which roles to show.
    StaffRoleFilter / StaffRoleListFilter on staff_role {
        columns {
            /// The id.
            id: Ids<StaffRoleId> => Id,
            /// Unique name.
            name: TextFilter => Name,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// Who has it.
            members: StaffMemberListFilter => Id, staff_member::Column::RoleId;
            /// What it permits, with when each was given.
            role_permissions: StaffRolePermissionListFilter => Id, staff_role_permission::Column::RoleId;
        }
        through {
            /// What it permits.
            permissions: PermissionListFilter => Id, staff_role_permission::Column::RoleId, staff_role_permission::Column::PermissionId, permission::Column::Id;
        }
    }
}

order! {
    /// How roles are ordered.
    StaffRoleOrder by StaffRoleOrderField on staff_role {
        /// When it was made.
        Created,
        /// The name.
        Name,
    }
}

aggregates! {
    StaffRole of staff_role {
        texts {
            /// Unique name.
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
