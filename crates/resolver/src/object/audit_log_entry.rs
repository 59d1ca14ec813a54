//! What is recorded of acts of high risk.

use entity::{
    analytics::admin_audit_log,
    id::{AuditLogId, TenantId, UserId},
};

use super::prelude::*;

rows::object! {
    /// An act of high risk: who did what to what, where from. For staff with the permission `audit.read`.
    pub object AuditLogEntry(admin_audit_log::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The id of who acted.
        user_id: Option<GlobalId> = |row| row.admin_user_id,
        /// What was done, as a key such as `member.changed`.
        action: String,
        /// What it was done to: a kind of row.
        resource_type: String,
        /// Which one, by its id or its name.
        resource_id: Option<String>,
        /// The id of the tenant it was done in.
        tenant_id: Option<GlobalId>,
        /// What was there before, as far as it changed.
        old_values: Option<Json>,
        /// What was there then, as far as it changed.
        new_values: Option<Json>,
        /// The address that the request came from.
        ip_address: Option<String>,
        /// The program that it came from, as that calls itself.
        user_agent: Option<String>,
        /// Why, in words.
        notes: Option<String>,
        /// Who may read such an entry.
        data_classification: DataClassification,
        /// For how long such an entry is kept.
        retention_category: RetentionCategory,
        /// When it was done.
        happened: DateTime<Utc>,
        /// When it was recorded.
        created: DateTime<Utc>,
    }
}

table! {
    AuditLogEntry of admin_audit_log by AuditLogId,
    filtered AuditLogFilter, ordered AuditLogOrder, read by Staff, in Analytics
}

enumeration! {
    /// Who may read an entry.
    DataClassification / DataClassificationFilter of admin_audit_log::DataClassification {
        /// Anybody.
        Public,
        /// Whoever works for the platform.
        Internal,
        /// Whoever needs it for the work.
        Confidential,
        /// Whoever is named.
        Restricted,
    }
}

enumeration! {
    /// For how long an entry is kept.
    RetentionCategory / RetentionCategoryFilter of admin_audit_log::RetentionCategory {
        /// For as long as it helps to operate the platform.
        Operational,
        /// For as long as auditors want.
        Audit,
        /// For as long as the law wants.
        Legal,
    }
}

filter! {
    /// Which acts to show.
    AuditLogFilter on admin_audit_log {
        columns {
            /// The id.
            id: Ids<AuditLogId> => Id,
            /// The id of who acted.
            user_id: Ids<UserId> => AdminUserId,
            /// The id of the tenant it was done in.
            tenant_id: Ids<TenantId> => TenantId,
            /// What was done, as a key.
            action: TextFilter => Action,
            /// What it was done to: a kind of row.
            resource_type: TextFilter => ResourceType,
            /// Which one, by its id or its name.
            resource_id: TextFilter => ResourceId,
            /// Who may read such an entry.
            data_classification: DataClassificationFilter => DataClassification,
            /// For how long such an entry is kept.
            retention_category: RetentionCategoryFilter => RetentionCategory,
            /// When it was done.
            happened: DateTimeFilter => Happened,
            /// When it was recorded.
            created: DateTimeFilter => Created,
        }
    }
}

order! {
    /// How acts are ordered.
    AuditLogOrder by AuditLogOrderField on admin_audit_log {
        /// When it was done.
        Happened,
    }
}

aggregates! {
    AuditLogEntry of admin_audit_log {
        times {
            /// When it was done.
            happened => Happened,
            /// When it was recorded.
            created => Created,
        }
        values {
            /// What was done, as a key.
            action: String => Action,
            /// What it was done to: a kind of row.
            resource_type: String => ResourceType,
        }
    }
}
