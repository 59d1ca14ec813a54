//! Who may read an act, and for how long it is kept.

use entity::analytics::admin_audit_log::{DataClassification, RetentionCategory};

use crate::Entry;

/// What has to do with money is kept as books are.
const OF_MONEY: [&str; 3] = ["payments", "subscription_addons", "subscriptions"];

/// What shows or takes out what a tenant keeps: staff in it, and files.
const OPENED: [&str; 2] = ["analytics.download", "staff.acted"];

impl Entry {
    /// Restricted where the act itself opened a tenant's data, confidential otherwise.
    pub(crate) fn classification(&self) -> DataClassification {
        if OPENED.contains(&&*self.action) {
            DataClassification::Restricted
        } else {
            DataClassification::Confidential
        }
    }

    /// For as long as the law wants where money is meant, for as long as auditors want otherwise.
    pub(crate) fn retention(&self) -> RetentionCategory {
        if OF_MONEY.contains(&&*self.resource_type) {
            RetentionCategory::Legal
        } else {
            RetentionCategory::Audit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_classed_by_what_they_opened_and_whether_they_are_about_money() {
        let class = |action, resource| {
            let entry = Entry::by_platform(action, resource);
            (entry.classification(), entry.retention())
        };
        assert_eq!(
            class("payment.refunded", "payments"),
            (DataClassification::Confidential, RetentionCategory::Legal)
        );
        assert_eq!(
            class("staff.acted", "tenants"),
            (DataClassification::Restricted, RetentionCategory::Audit)
        );
        assert_eq!(
            class("member.changed", "tenant_users"),
            (DataClassification::Confidential, RetentionCategory::Audit)
        );
    }
}
