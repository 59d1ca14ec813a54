//! What a tenant subscribed to: a plan given up, and the one of today.

use uuid::Uuid;

use super::Table;
use crate::{
    calendar::{DAY, Micros},
    platform::Plan,
    row::Row,
    tenant::Tenant,
};

const NAME: &str = "subscriptions";

pub(crate) const SUBSCRIPTIONS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "plan_id",
        "pending_plan_id",
        "status",
        "current_period_start",
        "current_period_end",
        "cancel_at_period_end",
        "cancel_reason",
        "cancel_date",
        "billing_contact_user_id",
        "stripe_subscription_id",
        "created",
        "updated",
    ],
    count: |_| 2,
    write: |tenant, index, row| match index {
        0 => write_past(tenant, row),
        _ => write_current(tenant, row),
    },
};

pub(crate) const ADDONS: Table = Table {
    name: "subscription_addons",
    columns: &[
        "id",
        "tenant_id",
        "subscription_id",
        "addon_type",
        "quantity",
        "price",
        "currency",
        "created",
        "updated",
    ],
    count: |_| 2,
    write: |tenant, index, row| {
        let mut draw = tenant.draw("subscription_addons", index);
        let (kind, price) = [("extra_email_accounts", 500), ("dedicated_ip", 2500)][index as usize];
        let made = tenant.calendar.start() + 40 * DAY;
        row.uuid(tenant.key("subscription_addons", index))
            .uuid(tenant.id)
            .uuid(current(tenant))
            .text(kind)
            .int(1 + draw.below(5) as i32)
            .big(price)
            .text("USD")
            .times(made, made);
    },
};

/// The key of today's subscription.
pub(super) fn current(tenant: &Tenant) -> Uuid {
    tenant.key(NAME, 1)
}

/// Its plan.
pub(super) fn plan(tenant: &Tenant) -> Plan {
    tenant.platform.plan(tenant.plan)
}

/// When the running month began: the 12th day before the end of the data.
pub(super) fn period_start(tenant: &Tenant) -> Micros {
    tenant.calendar.now() - 12 * DAY
}

fn write_past(tenant: &Tenant, row: &mut Row<'_>) {
    let (begin, end) = (tenant.calendar.start(), tenant.calendar.start() + 30 * DAY);
    row.uuid(tenant.key(NAME, 0))
        .uuid(tenant.id)
        .uuid(tenant.platform.plan(0).id)
        .null()
        .text("canceled")
        .time(begin)
        .time(end)
        .flag(true)
        .text("Needs more mailboxes than the plan allows.")
        .time(end - 2 * DAY)
        .uuid(tenant.member("owner").id)
        .text(&format!("sub_{:014x}", tenant.draw(NAME, 0).bits() >> 8))
        .times(begin, end);
}

fn write_current(tenant: &Tenant, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, 1);
    let begin = period_start(tenant);
    let largest = tenant.platform.plan(2).id;
    let pending = (draw.chance(40) && largest != plan(tenant).id).then_some(largest);
    row.uuid(current(tenant))
        .uuid(tenant.id)
        .uuid(plan(tenant).id)
        .maybe(pending, Row::uuid)
        .text(draw.weighted(&[(8, "active"), (1, "past_due"), (1, "unpaid")]))
        .time(begin)
        .time(begin + 30 * DAY)
        .flag(false)
        .null()
        .null()
        .uuid(tenant.member("billing").id)
        .text(&format!("sub_{:014x}", draw.bits() >> 8))
        .times(tenant.calendar.start() + 30 * DAY, begin);
}
