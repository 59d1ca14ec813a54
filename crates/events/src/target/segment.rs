//! Segment's form: `POST /v1/batch` of `track` calls
//! (<https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/>), signed in with the write key.

use chrono::{SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::of;
use crate::{batch::Batch, queue::Envelope};

/// `…/v1/batch` behind whatever the URL has.
pub(super) fn address(url: &Url) -> Url {
    let mut address = url.clone();
    address.set_path(&format!("{}/v1/batch", url.path().trim_end_matches('/')));
    address
}

pub(super) fn write(envelope: &Envelope, process: Uuid) -> Value {
    let (tenant, properties) = of(envelope);
    // One of the two has to be there.
    let (who, id) = match tenant {
        Some(tenant) => ("userId", tenant),
        None => ("anonymousId", process.to_string()),
    };
    json!({
        "type": "track",
        who: id,
        "event": envelope.event.name(),
        "properties": properties,
        "timestamp": envelope.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "messageId": envelope.id,
    })
}

pub(super) fn body(batch: &Batch) -> Vec<u8> {
    // By it Segment corrects the times of a clock that is wrong.
    let sent = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let after = format!("],\"sentAt\":\"{sent}\"}}");
    batch.joined(b"{\"batch\":[", b",", after.as_bytes())
}
