//! Changes of a subscription: of a row that is as it was found, and, where they are of high risk, recorded.

use audit::{Entry, TOPIC};
use billing::Period;
use entity::{
    id::{TenantId, TypedId},
    oltp::subscription,
};
use sea_orm::{ActiveEnum, DbErr};
use serde_json::{Map, Value, json};
use tenant::TenantContext;
use uuid::Uuid;

use crate::rows::{query, report};

/// Writes what became of a subscription that was `found`. It says for itself which period and status it is to find: the
/// lock is not all that keeps a period from being ended twice.
pub(crate) async fn save(
    context: &TenantContext,
    found: &subscription::Model,
    new: &subscription::Model,
) -> Result<(), DbErr> {
    let sql = "UPDATE subscriptions SET plan_id = $4, pending_plan_id = $5, status = $6, current_period_start = $7, \
             current_period_end = $8, cycle_anchor = $9, period_months = $10, cancel_at_period_end = $11, \
             cancel_reason = $12, cancel_date = $13, stripe_updated = $14, stripe_cancel_at_period_end = $15, \
             stripe_product_id = $16, stripe_status_updated = $17 \
         WHERE id = $1 AND current_period_end = $2 AND status = $3 RETURNING 1";
    let values = [
        found.id.into_value(),
        found.current_period_end.into(),
        found.status.to_value().into(),
        new.plan_id.into_value(),
        new.pending_plan_id.map(Uuid::from).into(),
        new.status.to_value().into(),
        new.current_period_start.into(),
        new.current_period_end.into(),
        new.cycle_anchor.into(),
        new.period_months.into(),
        new.cancel_at_period_end.into(),
        new.cancel_reason.clone().into(),
        new.cancel_date.into(),
        new.stripe_updated.into(),
        new.stripe_cancel_at_period_end.into(),
        new.stripe_product_id.clone().into(),
        new.stripe_status_updated.into(),
    ];
    if query(context, sql, values).await?.len() != 1 {
        return Err(DbErr::RecordNotUpdated);
    }
    let period = |row: &subscription::Model| Period {
        start: row.current_period_start,
        end: row.current_period_end,
    };
    if period(found) != period(new) {
        keep(context, found, period(found)).await?;
        keep(context, found, period(new)).await?;
    }
    Ok(())
}

/// Keeps a period of a subscription, for what counts by periods.
pub(crate) async fn keep(
    context: &TenantContext,
    of: &subscription::Model,
    period: Period,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO subscription_periods (tenant_id, subscription_id, period_start, period_end) \
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1";
    let values = [
        of.tenant_id.into_value(),
        of.id.into_value(),
        period.start.into(),
        period.end.into(),
    ];
    query(context, sql, values).await.map(drop)
}

/// Records what is of high risk in a change, and why it was made; nothing where nothing is. In the transaction that makes
/// the change, so that it is there as often as that.
pub(crate) async fn record(
    context: &TenantContext,
    tenant: TenantId,
    (found, new): (&subscription::Model, &subscription::Model),
    why: String,
) -> Result<(), DbErr> {
    let both = of_risk(found).into_iter().zip(of_risk(new));
    let changed = both.filter(|(old, new)| old != new);
    let (old, now): (Map<_, _>, Map<_, _>) = changed.unzip();
    if now.is_empty() {
        return Ok(());
    }
    let mut entry = Entry::by_platform("subscription.changed", "subscriptions");
    entry.resource_id = Some(found.id.to_string());
    (entry.old_values, entry.new_values) = (Some(old.into()), Some(now.into()));
    entry.notes = Some(why);
    enter(context, tenant, &entry).await
}

/// Reports an act of the platform's to the log of such acts.
pub(crate) async fn enter(
    context: &TenantContext,
    tenant: TenantId,
    entry: &Entry,
) -> Result<(), DbErr> {
    let payload = serde_json::to_value(entry).map_err(|error| DbErr::Json(error.to_string()))?;
    report(context, tenant, TOPIC, payload).await
}

/// By the names of the columns, as acts of members are recorded.
fn of_risk(row: &subscription::Model) -> [(String, Value); 5] {
    [
        ("plan_id", json!(Uuid::from(row.plan_id))),
        (
            "pending_plan_id",
            json!(row.pending_plan_id.map(Uuid::from)),
        ),
        ("status", json!(row.status.to_value())),
        ("cancel_at_period_end", json!(row.cancel_at_period_end)),
        ("stripe_subscription_id", json!(row.stripe_subscription_id)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
}
