//! Members of the platform's staff.

use entity::{
    id::{StaffMemberId, StaffRoleId, UserId},
    oltp::{staff_member, staff_role},
};

use super::{
    prelude::*,
    staff_role::{StaffRole, StaffRoleFilter},
    user::User,
};

rows::object! {
    /// A member of the platform's staff.
    pub object StaffMember(staff_member::Model) implements Node {
        /// The id.
        id: GlobalId = |row| StaffMemberId::from(row.user_id),
        /// Whether the role counts.
        is_active: bool,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The role.
        role: StaffRole = role_id -> by_id::<StaffRole>(),
        /// The person.
        user: Option<User> = user_id -> by_id::<User>(),
    }
}

table! {
    StaffMember of staff_member by StaffMemberId as UserId user_id,
    filtered StaffMemberFilter, ordered StaffMemberOrder, read by Staff
}

filter! {
    /// Which members of staff to show.
    StaffMemberFilter / StaffMemberListFilter on staff_member {
        columns {
            /// The id.
            id: Ids<StaffMemberId> => UserId,
            /// The id of the user.
            user_id: Ids<UserId> => UserId,
            /// The id of the role.
            role_id: Ids<StaffRoleId> => RoleId,
            /// Whether the role counts.
            is_active: BooleanFilter => IsActive,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The role.
            role: StaffRoleFilter => RoleId, staff_role::Column::Id;
        }
    }
}

order! {
    /// How members of staff are ordered.
    StaffMemberOrder by StaffMemberOrderField on staff_member {
        /// When it was made.
        Created,
    }
}

aggregates! {
    StaffMember of staff_member {
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether the role counts.
            is_active: bool => IsActive,
        }
        related {
            /// The role.
            role: StaffRole => RoleId,
        }
    }
}
