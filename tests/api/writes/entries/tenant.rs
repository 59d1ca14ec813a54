//! The tenant's settings, its members, its subscription, and what a user prefers.

use serde_json::{Value, json};

use super::{Entry, Right, entry};
use crate::writes::subjects::Subjects;

pub fn entries(of: &Subjects) -> Vec<Entry> {
    vec![
        entry("updateTenantConfig", Right::Configure, config()),
        entry("updateTenantPolicy", Right::Configure, policy()),
        entry("updateBillingDetails", Right::ManageBilling, billing()),
        entry(
            "updateSubscription",
            Right::ManageBilling,
            json!({ "id": of.subscription, "set": { "billingContactId": of.admin } }),
        ),
        entry(
            "requestPlanChange",
            Right::ManageBilling,
            json!({ "id": of.running, "planId": of.smaller_plan, "when": "PERIOD_END" }),
        ),
        entry(
            "cancelSubscription",
            Right::ManageBilling,
            json!({ "id": of.running, "reason": "It is too large.", "when": "NOW" }),
        ),
        entry(
            "resumeSubscription",
            Right::ManageBilling,
            json!({ "id": of.ending }),
        ),
        entry(
            "updateTenantUser",
            Right::ManageMembers,
            json!({ "id": of.member, "roles": ["ADMIN", "BILLING"] }),
        ),
        entry(
            "removeTenantUser",
            Right::ManageMembers,
            json!({ "id": of.member }),
        ),
        entry(
            "resolveSystemEvent",
            Right::Configure,
            json!({ "id": of.system_event }),
        ),
        entry(
            "createInvitation",
            Right::ManageMembers,
            json!({ "email": "guest@invited.test", "roles": ["ADMIN"], "expiresInDays": 21 }),
        ),
        entry(
            "revokeInvitation",
            Right::ManageMembers,
            json!({ "id": of.invitation }),
        ),
        entry(
            "createApiKey",
            Right::Configure,
            json!({ "name": "Reports", "roles": ["MEMBER"], "readOnly": false, "expiresInDays": 30 }),
        ),
        entry(
            "revokeApiKey",
            Right::Configure,
            json!({ "id": of.api_key }),
        ),
        entry("updateUserPreferences", Right::Oneself, preferences()),
    ]
}

fn config() -> Value {
    json!({
        "theme": "DARK",
        "usageAlerts": false,
        "securityAlerts": false,
        "uiSettings": {
            "density": "COMPACT",
            "startPage": "campaigns",
            "accentColor": "#3366ff",
            "timeZone": "Europe/Berlin",
            "dayStartsAt": "08:15",
            "dayEndsAt": "17:45",
        },
    })
}

fn policy() -> Value {
    json!({
        "passwordMinLength": 21,
        "passwordRequireUppercase": false,
        "passwordRequireNumber": false,
        "passwordRequireSymbol": true,
        "sessionTimeoutHours": 21,
        "maxLoginAttempts": 21,
        "twoFactorRequired": true,
        "defaultCompanyIndustry": "Paper",
        "defaultCompanySize": "1-10",
        "mailRetentionDays": 400,
    })
}

fn billing() -> Value {
    json!({
        "billingEmail": "bills@acme.test",
        "billingAddress": {
            "line1": "1 Long Street",
            "line2": "Back house",
            "city": "Berlin",
            "region": "Berlin",
            "postalCode": "10115",
            "country": "DE",
        },
        "billingNotifications": false,
    })
}

fn preferences() -> Value {
    json!({
        "theme": "LIGHT",
        "language": "pt-BR",
        "timezone": "Asia/Tokyo",
        "emailNotifications": false,
        "pushNotifications": false,
        "weeklyReports": false,
        "marketingEmails": true,
    })
}
