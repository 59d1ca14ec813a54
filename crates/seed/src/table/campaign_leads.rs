//! Whom campaigns write to: a few leads each.

use super::{Table, campaigns};
use crate::{calendar::HOUR, row::Row, tenant::Tenant};

const NAME: &str = "campaign_leads";

/// Leads of a campaign.
const EACH: u64 = 4;

pub(crate) const CAMPAIGN_LEADS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "campaign_id",
        "lead_id",
        "status",
        "stop_reason",
        "next_step_order",
        "due",
        "created",
        "updated",
    ],
    count: |tenant| tenant.shape.campaigns * tenant.shape.leads.min(EACH),
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let each = tenant.shape.leads.clamp(1, EACH);
    let (campaign, place) = (index / each, index % each);
    let lead = (campaign * each + place) % tenant.shape.leads.max(1);
    let mut draw = tenant.draw(NAME, index);
    let (made, _) = campaigns::made(tenant, campaign);
    let steps = i32::try_from(tenant.shape.steps).unwrap_or(i32::MAX - 1);
    let (status, next) = match (campaigns::status(tenant, campaign), place) {
        ("draft" | "scheduled", _) => ("active", 1),
        (_, 1) => ("stopped", 2),
        ("completed", _) => ("completed", steps + 1),
        _ => ("active", 2.min(steps + 1)),
    };
    let due = made + HOUR * (1 + draw.below(40)) as i64;
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(campaigns::at(tenant, campaign))
        .uuid(tenant.key("leads", lead))
        .text(status)
        .maybe((status == "stopped").then_some("has answered"), Row::text)
        .int(next)
        .maybe((status == "active").then_some(due), Row::time);
    let touched = tenant.calendar.touched(made, &mut draw);
    row.times(made, touched);
}
