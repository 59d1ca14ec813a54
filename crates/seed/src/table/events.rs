//! What the platform noticed about a tenant, and what it reports of its changes.

use chrono::DateTime;
use serde_json::json;

use super::{Table, campaigns};
use crate::{
    calendar::{DAY, HOUR, Micros},
    row::Row,
    tenant::Tenant,
};

/// Type, severity, description, whether it is resolved.
const EVENTS: [(&str, &str, &str, bool); 8] = [
    (
        "login_from_new_country",
        "medium",
        "An admin signed in from a country seen for the first time.",
        true,
    ),
    (
        "dns_verification_failed",
        "medium",
        "A domain lost its SPF record.",
        true,
    ),
    (
        "bounce_rate_high",
        "high",
        "More than 5 % of a campaign's messages bounced.",
        true,
    ),
    (
        "payment_failed",
        "high",
        "The monthly payment was declined.",
        true,
    ),
    (
        "api_rate_limited",
        "low",
        "An API token reached its limit.",
        true,
    ),
    (
        "ip_blacklisted",
        "critical",
        "A sending address appeared on a blacklist.",
        true,
    ),
    (
        "warmup_stalled",
        "low",
        "A mailbox has not warmed up for three days.",
        false,
    ),
    (
        "bounce_rate_high",
        "high",
        "More than 5 % of a campaign's messages bounced.",
        false,
    ),
];

/// The key is left to the database, which counts it for all tenants.
pub(crate) const ADMIN_SYSTEM_EVENTS: Table = Table {
    name: "admin_system_events",
    columns: &[
        "event_type",
        "severity",
        "description",
        "details",
        "tenant_id",
        "user_id",
        "is_resolved",
        "resolved_at",
        "resolved_by",
        "created",
        "updated",
    ],
    count: |_| EVENTS.len() as u64,
    write: write_event,
};

pub(crate) const OUTBOX: Table = Table {
    name: "outbox",
    columns: &[
        "id",
        "tenant_id",
        "topic",
        "payload",
        "processed",
        "created",
        "updated",
    ],
    count: |tenant| passed(tenant) + schedules(tenant).count() as u64,
    write: write_report,
};

/// How many of the last changes are in it.
fn passed(tenant: &Tenant) -> u64 {
    tenant.shape.campaigns.min(6)
}

/// The campaigns that wait for their time, with when they were scheduled, and for when.
fn schedules(tenant: &Tenant) -> impl Iterator<Item = (u64, (Micros, Micros))> {
    let all = 0..tenant.shape.campaigns;
    all.filter_map(|index| Some((index, campaigns::schedule(tenant, index)?)))
}

fn write_event(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw("admin_system_events", index);
    let (kind, severity, description, is_resolved) = EVENTS[index as usize];
    let made = tenant.calendar.made(index, EVENTS.len() as u64, &mut draw);
    let resolved = is_resolved.then(|| made + (1 + draw.below(40) as i64) * HOUR);
    let admin = tenant.member("admin").id;
    row.text(kind)
        .text(severity)
        .text(description)
        .json(&json!({ "source": "monitor", "check": index + 1 }))
        .uuid(tenant.id)
        .maybe((index == 0).then_some(admin), Row::uuid)
        .flag(is_resolved)
        .maybe(resolved, Row::time)
        .maybe(resolved.map(|_| admin), Row::uuid)
        .times(made, resolved.unwrap_or(made));
}

/// The last changes of campaigns, all passed on, and those that are scheduled, which a relay is to pass on.
fn write_report(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    row.uuid(tenant.key("outbox", index)).uuid(tenant.id);
    match index.checked_sub(passed(tenant)) {
        None => write_passed(tenant, index, row),
        Some(place) => write_schedule(tenant, place, row),
    }
}

fn write_passed(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let changed = tenant.calendar.now() - (1 + index as i64) * DAY;
    let campaign = tenant.shape.campaigns - 1 - index;
    let payload = json!({ "campaign_id": campaigns::at(tenant, campaign) });
    row.text("campaign.created")
        .json(&payload)
        .time(changed + HOUR / 60)
        .times(changed, changed + HOUR / 60);
}

/// As the mutation that schedules a campaign says it.
fn write_schedule(tenant: &Tenant, place: u64, row: &mut Row<'_>) {
    let mut all = schedules(tenant);
    let (campaign, (made, at)) = all
        .nth(place as usize)
        .expect("as many rows are asked for as there are schedules");
    let at = DateTime::from_timestamp_micros(at).expect("a time of this century");
    let payload = json!({ "campaignId": campaigns::at(tenant, campaign), "at": at.to_rfc3339() });
    row.text("campaign.scheduled")
        .json(&payload)
        .null()
        .times(made, made);
}
