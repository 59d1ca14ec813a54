//! The DNS records of a domain, out of its `dns_records`.

use std::sync::Arc;

use serde_json::Value;

use super::prelude::*;

/// One record of the list, as far as it could be read.
pub struct DnsRecordRow {
    record_type: Option<String>,
    name: Option<String>,
    value: Option<String>,
    ttl: Option<i32>,
    status: Option<String>,
    last_check: Option<DateTime<Utc>>,
    attempts: Option<i32>,
    error: Option<String>,
    source: Option<String>,
}

rows::object! {
    /// A record that a domain needs. What the platform's checks did not write down is null.
    pub object DnsRecord(DnsRecordRow) {
        /// What it is: SPF, DKIM, DMARC, MX, A, AAAA or CNAME.
        #[name = "type"]
        record_type: Option<String>,
        /// The name it stands under.
        name: Option<String>,
        /// What it has to say.
        value: Option<String>,
        /// Seconds that resolvers keep it.
        ttl: Option<i32>,
        /// What the last check found.
        status: Option<String>,
        /// When it was last checked.
        last_check: Option<DateTime<Utc>>,
        /// How often it was checked.
        attempts: Option<i32>,
        /// What was wrong at the last check.
        error: Option<String>,
        /// Who said that it is needed.
        source: Option<String>,
    }
}

/// The records of a list. What is no object is left out, what has another type is absent: the column
/// is written by others, and one odd entry must not hide the rest.
pub(super) fn dns_records(stored: Option<&Value>) -> Vec<Arc<DnsRecordRow>> {
    let records = stored.and_then(Value::as_array).into_iter().flatten();
    records
        .filter(|record| record.is_object())
        .map(|record| Arc::new(read(record)))
        .collect()
}

fn read(record: &Value) -> DnsRecordRow {
    let text = |key| record.get(key)?.as_str().map(str::to_owned);
    let number = |key| i32::try_from(record.get(key)?.as_i64()?).ok();
    DnsRecordRow {
        record_type: text("type"),
        name: text("name"),
        value: text("value"),
        ttl: number("ttl"),
        status: text("status"),
        last_check: text("last_check").and_then(|time| time.parse().ok()),
        attempts: number("attempts"),
        error: text("error"),
        source: text("source"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::dns_records;

    #[test]
    fn odd_entries_do_not_hide_the_rest() {
        let stored = json!([
            "no object",
            {"type": "SPF", "ttl": 1e99, "last_check": "yesterday", "attempts": 2},
            {"type": "MX", "ttl": 300, "last_check": "2026-01-02T03:04:05Z"},
        ]);
        let records = dns_records(Some(&stored));
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].record_type.as_deref(), Some("SPF"));
        assert_eq!(records[0].ttl, None);
        assert_eq!(records[0].last_check, None);
        assert_eq!(records[0].attempts, Some(2));
        assert_eq!(records[1].ttl, Some(300));
        assert!(records[1].last_check.is_some());
    }

    #[test]
    fn no_list_has_no_records() {
        assert!(dns_records(None).is_empty());
        assert!(dns_records(Some(&json!({"type": "SPF"}))).is_empty());
    }
}
