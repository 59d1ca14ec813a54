//! The platform's staff and what they should know of.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{
        admin_system_event::AdminSystemEvent, audit_log_entry::AuditLogEntry,
        permission::Permission, staff_member::StaffMember, staff_role::StaffRole,
        staff_role_permission::StaffRolePermission,
    },
};

root! {
    /// What can be asked.
    pub object Staff(()) {
        /// A member of staff by its id; for staff.
        staff_member(IdArgument<StaffMember>): Option<StaffMember> = |_row| Some(()) -> find::<StaffMember>(),
        /// The members of staff; for staff.
        staff_members(ConnectionArguments<StaffMember>): Connection<StaffMember> = |_row| Some(()) -> all::<StaffMember>(),
        /// A role among staff by its id; for staff.
        staff_role(IdArgument<StaffRole>): Option<StaffRole> = |_row| Some(()) -> find::<StaffRole>(),
        /// The roles among staff; for staff.
        staff_roles(ConnectionArguments<StaffRole>): Connection<StaffRole> = |_row| Some(()) -> all::<StaffRole>(),
        /// A permission of staff by its id; for staff.
        permission(IdArgument<Permission>): Option<Permission> = |_row| Some(()) -> find::<Permission>(),
        /// What staff can be permitted to do; for staff.
        permissions(ConnectionArguments<Permission>): Connection<Permission> = |_row| Some(()) -> all::<Permission>(),
        /// A permission of a role by its id; for staff.
        staff_role_permission(IdArgument<StaffRolePermission>): Option<StaffRolePermission> = |_row| Some(()) -> find::<StaffRolePermission>(),
        /// The permissions of all roles; for staff.
        staff_role_permissions(ConnectionArguments<StaffRolePermission>): Connection<StaffRolePermission> = |_row| Some(()) -> all::<StaffRolePermission>(),
        /// A system event by its id; for owners, admins and staff.
        admin_system_event(IdArgument<AdminSystemEvent>): Option<AdminSystemEvent> = |_row| Some(()) -> find::<AdminSystemEvent>(),
        /// The tenant's system events to its owners and admins, all to staff.
        admin_system_events(ConnectionArguments<AdminSystemEvent>): Connection<AdminSystemEvent> = |_row| Some(()) -> all::<AdminSystemEvent>(),
        /// An act of high risk by its id; for staff with the permission `audit.read`.
        audit_log_entry(IdArgument<AuditLogEntry>): Option<AuditLogEntry> = |_row| Some(()) -> find::<AuditLogEntry>(),
        /// The acts of high risk in all tenants; for staff with the permission `audit.read`.
        audit_log(ConnectionArguments<AuditLogEntry>): Connection<AuditLogEntry> = |_row| Some(()) -> all::<AuditLogEntry>(),
    }
}
