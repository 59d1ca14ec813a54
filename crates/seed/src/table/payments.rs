//! What a tenant paid: a month each, the newest last, and one that failed before it succeeded.

use super::{Table, subscriptions};
use crate::{
    calendar::{DAY, HOUR},
    row::Row,
    tenant::Tenant,
};

const NAME: &str = "payments";

/// How many months before the running one it is for, its status, and how late it was tried.
const HISTORY: [(i64, &str, i64); 6] = [
    (4, "refunded", 0),
    (3, "succeeded", 0),
    (2, "failed", 0),
    (2, "succeeded", 2 * DAY),
    (1, "succeeded", 0),
    (0, "pending", 0),
];

pub(crate) const PAYMENTS: Table = Table {
    name: NAME,
    columns: &[
        "id",
        "tenant_id",
        "subscription_id",
        "amount",
        "currency",
        "status",
        "processed",
        "period_start",
        "period_end",
        "initiated_by_user_id",
        "stripe_payment_intent_id",
        "created",
        "updated",
    ],
    count: |_| HISTORY.len() as u64,
    write,
};

fn write(tenant: &Tenant, index: u64, row: &mut Row<'_>) {
    let mut draw = tenant.draw(NAME, index);
    let (months, status, late) = HISTORY[index as usize];
    let begin = subscriptions::period_start(tenant) - 30 * DAY * months;
    let made = begin + late;
    let processed = (status != "pending").then_some(made + HOUR);
    // Renewals come from the payment service; only second attempts are somebody's doing.
    let by = (late > 0).then(|| tenant.member("billing").id);
    row.uuid(tenant.key(NAME, index))
        .uuid(tenant.id)
        .uuid(subscriptions::current(tenant))
        .big(subscriptions::plan(tenant).price_monthly)
        .text("USD")
        .text(status)
        .maybe(processed, Row::time)
        .time(begin)
        .time(begin + 30 * DAY)
        .maybe(by, Row::uuid)
        .text(&format!("pi_{:014x}", draw.bits() >> 8))
        .times(made, processed.unwrap_or(made));
}
