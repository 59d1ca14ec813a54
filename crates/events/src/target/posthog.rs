//! PostHog's form: `POST /batch/` (<https://posthog.com/docs/api/capture>), which names no person.

use chrono::SecondsFormat;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::of;
use crate::{batch::Batch, queue::Envelope};

/// `…/batch/` behind whatever the URL has.
pub(super) fn address(url: &Url) -> Url {
    let mut address = url.clone();
    address.set_path(&format!("{}/batch/", url.path().trim_end_matches('/')));
    address
}

pub(super) fn write(envelope: &Envelope, process: Uuid) -> Value {
    let (tenant, mut properties) = of(envelope);
    let distinct_id = tenant.unwrap_or_else(|| process.to_string());
    // A tenant and a process are no persons, of whom PostHog would keep a profile each.
    properties.insert("$process_person_profile".to_owned(), false.into());
    json!({
        "event": envelope.event.name(),
        "distinct_id": distinct_id,
        "properties": properties,
        "timestamp": envelope.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "uuid": envelope.id,
    })
}

pub(super) fn body(batch: &Batch, key: &SecretString) -> Vec<u8> {
    let key = Value::from(key.expose_secret());
    let before = format!("{{\"api_key\":{key},\"historical_migration\":false,\"batch\":[");
    batch.joined(before.as_bytes(), b",", b"]}")
}
