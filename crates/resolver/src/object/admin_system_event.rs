//! Events that the platform's staff should know of.

use entity::{
    id::{AdminSystemEventId, TenantId, UserId},
    oltp::admin_system_event,
};

use super::{prelude::*, tenant::Tenant, user::User};

rows::object! {
    /// An event that the platform's staff should know of; a tenant's owners and admins see their tenant's.
    pub object AdminSystemEvent(admin_system_event::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// What happened, as a key.
        event_type: String,
        /// How bad it is.
        severity: Severity,
        /// What happened, in words.
        description: String,
        /// What happened, in data.
        details: Option<Json>,
        /// The id of the tenant it is about; for staff, who can not ask for the tenant itself.
        tenant_id: Option<GlobalId>,
        /// The id of the user it is about; for staff, who can not ask for the user itself.
        user_id: Option<GlobalId>,
        /// The id of the user who dealt with it; for staff, who can not ask for the user itself.
        resolved_by_id: Option<GlobalId> = |row| row.resolved_by,
        /// Whether it is dealt with.
        is_resolved: bool,
        /// When it was dealt with.
        resolved_at: Option<DateTime<Utc>>,
        /// What of the tenant, or of the platform, it is about.
        subject: Option<String>,
        /// How often it was seen.
        occurrences: i64,
        /// When it was last seen; null if nothing looks for it by itself.
        last_seen: Option<DateTime<Utc>>,
        /// When it is resolved by itself, if it is not seen again.
        quiet_until: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The tenant it is about; refused to staff, whose token names no tenant.
        tenant: Option<Tenant> = tenant_id -> by_id::<Tenant>(),
        /// The user it is about, while a member; refused to staff, whose token names no tenant.
        user: Option<User> = user_id -> by_id::<User>(),
        /// Who dealt with it, if a member; refused to staff, whose token names no tenant.
        resolved_by: Option<User> = resolved_by -> by_id::<User>(),
    }
}

table! {
    AdminSystemEvent of admin_system_event by AdminSystemEventId,
    filtered AdminSystemEventFilter, ordered AdminSystemEventOrder, read by TenantAndStaff
}

enumeration! {
    /// How bad an event is.
    Severity / SeverityFilter of admin_system_event::Severity {
        /// Worth knowing.
        Low,
        /// Worth a look.
        Medium,
        /// Needs someone soon.
        High,
        /// Needs someone now.
        Critical,
    }
}

// By the ids of tenants and users only: staff read events, and may not read what is a tenant's.
filter! {
    /// Which system events to show.
    AdminSystemEventFilter on admin_system_event {
        columns {
            /// The id.
            id: Ids<AdminSystemEventId> => Id,
            /// The id of the tenant it is about.
            tenant_id: Ids<TenantId> => TenantId,
            /// The id of the user it is about.
            user_id: Ids<UserId> => UserId,
            /// The id of the user who dealt with it.
            resolved_by_id: Ids<UserId> => ResolvedBy,
            /// What happened, as a key.
            event_type: TextFilter => EventType,
            /// How bad it is.
            severity: SeverityFilter => Severity,
            /// Whether it is dealt with.
            is_resolved: BooleanFilter => IsResolved,
            /// When it was dealt with.
            resolved_at: DateTimeFilter => ResolvedAt,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How system events are ordered.
    AdminSystemEventOrder by AdminSystemEventOrderField on admin_system_event {
        /// When it was made.
        Created,
    }
}

aggregates! {
    AdminSystemEvent of admin_system_event {
        times {
            /// When it was dealt with.
            resolved_at => ResolvedAt,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// What happened, as a key.
            event_type: String => EventType,
            /// How bad it is.
            severity: Severity => Severity,
            /// Whether it is dealt with.
            is_resolved: bool => IsResolved,
        }
        related {
            /// The tenant it is about; refused to staff, whose token names no tenant.
            tenant: Tenant => TenantId,
            /// The user it is about, while a member; refused to staff, whose token names no tenant.
            user: User => UserId,
            /// Who dealt with it, if a member; refused to staff, whose token names no tenant.
            resolved_by: User => ResolvedBy,
        }
    }
}
