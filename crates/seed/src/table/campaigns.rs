//! Campaigns.

use uuid::Uuid;

use super::{Table, companies};
use crate::{
    calendar::{DAY, Micros},
    draw::Draw,
    row::Row,
    tenant::Tenant,
    words::{AUDIENCES, GOALS},
};

const NAME: &str = "campaigns";

/// From the oldest to the newest.
const STATUSES: [&str; 14] = [
    "completed",
    "completed",
    "completed",
    "paused",
    "completed",
    "sending",
    "sending",
    "completed",
    "sending",
    "paused",
    "scheduled",
    "scheduled",
    "draft",
    "draft",
];

pub(crate) const CAMPAIGNS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "company_id",
        "name",
        "description",
        "status",
        "scheduled",
        "completed",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.campaigns,
    write,
};

/// The key of campaign `index`.
pub(super) fn at(tenant: &Tenant, index: u64) -> Uuid {
    tenant.key(NAME, index)
}

/// Its status.
pub(super) fn status(tenant: &Tenant, index: u64) -> &'static str {
    let place = index * STATUSES.len() as u64 / tenant.shape.campaigns.max(1);
    STATUSES[place as usize % STATUSES.len()]
}

/// When it was made. The first thing that its row draws.
pub(super) fn made(tenant: &Tenant, index: u64) -> (Micros, Draw) {
    let mut draw = tenant.draw(NAME, index);
    let made = tenant
        .calendar
        .made(index, tenant.shape.campaigns, &mut draw);
    (made, draw)
}

/// When it was touched last, unless it is completed, and when it starts, or has started. The next that its row draws.
fn begun(tenant: &Tenant, index: u64) -> (Micros, Option<Micros>, Draw) {
    let (made, mut draw) = made(tenant, index);
    let now = tenant.calendar.now();
    let begun = (made + DAY + draw.below(3 * DAY as u64) as i64).min(now);
    let start = match status(tenant, index) {
        "draft" => None,
        "scheduled" => Some(now + DAY + draw.below(10 * DAY as u64) as i64),
        _ => Some(begun),
    };
    (begun, start, draw)
}

/// When one that waits for its time was scheduled, and for when.
pub(super) fn schedule(tenant: &Tenant, index: u64) -> Option<(Micros, Micros)> {
    let (begun, start, _) = begun(tenant, index);
    let start = start.filter(|_| status(tenant, index) == "scheduled");
    start.map(|start| (begun, start))
}

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let (made, _) = made(tenant, index);
    let (begun, scheduled, mut draw) = begun(tenant, index);
    let now = tenant.calendar.now();
    let status = status(tenant, index);
    let completed =
        (status == "completed").then(|| (begun + (7 + draw.below(21) as i64) * DAY).min(now));
    let goal = GOALS[index as usize % GOALS.len()];
    let audience = draw.pick(&AUDIENCES);
    let description = format!("{goal} for {audience}. Stops for a lead who answers.");
    row.uuid(at(tenant, index))
        .uuid(tenant.id)
        .maybe(companies::of(tenant, index, &mut draw), Row::uuid)
        .text(&format!("{goal}: {audience} {}", index + 1))
        .maybe(draw.chance(80).then_some(&*description), Row::text)
        .text(status)
        .maybe(scheduled, Row::time)
        .maybe(completed, Row::time)
        .times(made, completed.unwrap_or(begun));
}
