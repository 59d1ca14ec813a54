//! What the outbox says of staff who look into a tenant: `staff.acted`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::Entry;

/// The payload, as the transaction of who acts writes it. When, the relay says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acted {
    user_id: Uuid,
    reason: String,
    request_id: String,
    #[serde(default)]
    ip_address: Option<String>,
    #[serde(default)]
    user_agent: Option<String>,
    happened: DateTime<Utc>,
}

impl From<Acted> for Entry {
    fn from(acted: Acted) -> Self {
        Self {
            user_id: Some(acted.user_id),
            action: "staff.acted".into(),
            resource_type: "tenants".into(),
            resource_id: None,
            old_values: None,
            new_values: Some(json!({ "requestId": acted.request_id })),
            ip_address: acted.ip_address,
            user_agent: acted.user_agent,
            notes: Some(acted.reason),
            happened: acted.happened,
        }
    }
}
