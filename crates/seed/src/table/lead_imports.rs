//! Files of leads that were imported: all but the last to their end.

use super::Table;
use crate::{
    calendar::{DAY, HOUR},
    row::Row,
    tenant::Tenant,
};

const NAME: &str = "lead_imports";

const FILES: [&str; 4] = [
    "conference.csv",
    "newsletter.csv",
    "partners.csv",
    "webinar.csv",
];

pub(crate) const LEAD_IMPORTS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "started_by_user_id",
        "name",
        "state",
        "total_count",
        "created_count",
        "updated_count",
        "skipped_count",
        "rejected_count",
        "finished",
        "created",
        "updated",
    ],
    count: |_| FILES.len() as u64,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let left = FILES.len() as u64 - index;
    let begun = tenant.calendar.now() - DAY * 9 * left as i64;
    let ended = begun + HOUR;
    let (created, updated) = (40 + draw.below(50), 1 + draw.below(20));
    let (skipped, rejected) = (1 + draw.below(9), 1 + draw.below(9));
    let done = created + updated + skipped + rejected;
    let is_whole = left > 1;
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(tenant.member("owner").id)
        .text(FILES[index as usize])
        .text(if is_whole { "completed" } else { "stopped" })
        .int((if is_whole { done } else { done + 50 }) as i32)
        .int(created as i32)
        .int(updated as i32)
        .int(skipped as i32)
        .int(rejected as i32)
        .time(ended)
        .times(begun, ended);
}
