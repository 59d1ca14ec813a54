//! From which addresses a domain sends.

use super::{Table, domains};
use crate::{
    calendar::{DAY, HOUR},
    row::Row,
    tenant::Tenant,
};

const NAME: &str = "domain_ip_assignments";

/// A status and how warm the address is in it.
const STATES: [(&str, &str); 6] = [
    ("active", "warmed"),
    ("active", "warmed"),
    ("warming", "warming"),
    ("active", "warming"),
    ("scheduled", "unwarmed"),
    ("expired", "warmed"),
];

pub(crate) const DOMAIN_IP_ASSIGNMENTS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "domain_id",
        "smtp_ip_address_id",
        "status",
        "warmup_state",
        "assigned",
        "expires",
        "last_sent",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.domains,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let (status, warmup) = STATES[index as usize % STATES.len()];
    let now = tenant.calendar.now();
    let made = tenant.calendar.made(index, tenant.shape.domains, &mut draw);
    let last_sent = match status {
        "active" | "warming" => Some((now - draw.below(20 * HOUR as u64) as i64).max(made)),
        _ => None,
    };
    let expires = match status {
        "expired" => Some((now - 2 * DAY).max(made)),
        "scheduled" => None,
        _ => draw.chance(30).then_some(now + 60 * DAY),
    };
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(domains::of(tenant, index))
        .uuid(tenant.platform.address(tenant.space.wrapping_add(index)))
        .text(status)
        .text(warmup)
        .time(made)
        .maybe(expires, Row::time)
        .maybe(last_sent, Row::time);
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}
