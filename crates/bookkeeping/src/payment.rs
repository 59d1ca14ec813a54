//! Payments, by Stripe's ids.

use audit::Entry;
use billing::{
    Period,
    stripe::{Event, StripePayment, goes_on},
};
use entity::{
    id::{PaymentId, SubscriptionId, TenantId},
    oltp::payment::PaymentStatus,
};
use sea_orm::{ActiveEnum, DbErr};
use serde_json::json;
use tenant::TenantContext;
use uuid::Uuid;

use crate::{
    change::enter,
    rows::{query, report},
    stripe::why,
};

/// What a payment is for, as far as it is known.
#[derive(Clone, Copy, Default)]
pub(crate) struct Purpose {
    pub(crate) subscription: Option<SubscriptionId>,
    pub(crate) period: Option<Period>,
}

/// Writes down a payment that is new, or how far a known one has come; what was told late changes nothing but what it was
/// for, where that was not known.
pub(crate) async fn keep(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    payment: &StripePayment,
    purpose: Purpose,
) -> Result<(), DbErr> {
    if let Some(id) = insert(context, tenant, payment, purpose).await? {
        if payment.status == PaymentStatus::Refunded {
            refunded(context, tenant, (id, None), event).await?;
        }
        return told(context, tenant, id, payment.status).await;
    }
    let sql = "SELECT id, status FROM payments WHERE stripe_payment_intent_id = $1 FOR UPDATE";
    let rows = query(context, sql, [payment.id.as_str().into()]).await?;
    let Some(row) = rows.first() else {
        return Err(DbErr::RecordNotFound("a payment that was there".to_owned()));
    };
    let (id, before): (PaymentId, PaymentStatus) = (row.at(0)?, row.at(1)?);
    let is_news = goes_on(before, payment.status);
    let sql = "UPDATE payments SET subscription_id = coalesce(subscription_id, $2), \
         period_start = coalesce(period_start, $3), period_end = coalesce(period_end, $4), \
         status = CASE WHEN $5 THEN $6 ELSE status END, processed = CASE WHEN $5 THEN $7 ELSE processed END, \
         amount = CASE WHEN $5 THEN $8 ELSE amount END WHERE id = $1 RETURNING 1";
    let values = [
        Uuid::from(id).into(),
        purpose.subscription.map(Uuid::from).into(),
        purpose.period.map(|period| period.start).into(),
        purpose.period.map(|period| period.end).into(),
        is_news.into(),
        payment.status.to_value().into(),
        payment.processed.into(),
        payment.amount.into(),
    ];
    query(context, sql, values).await?;
    if is_news {
        if payment.status == PaymentStatus::Refunded {
            refunded(context, tenant, (id, Some(before)), event).await?;
        }
        told(context, tenant, id, payment.status).await?;
    }
    Ok(())
}

/// What is paid back is recorded as what is changed by hand is.
async fn refunded(
    context: &TenantContext,
    tenant: TenantId,
    (id, before): (PaymentId, Option<PaymentStatus>),
    event: &Event,
) -> Result<(), DbErr> {
    let mut entry = Entry::by_platform("payment.refunded", "payments");
    entry.resource_id = Some(id.to_string());
    entry.old_values = before.map(|before| json!({ "status": before.to_value() }));
    entry.new_values = Some(json!({ "status": PaymentStatus::Refunded.to_value() }));
    entry.notes = Some(why(event));
    enter(context, tenant, &entry).await
}

async fn insert(
    context: &TenantContext,
    tenant: TenantId,
    payment: &StripePayment,
    purpose: Purpose,
) -> Result<Option<PaymentId>, DbErr> {
    let sql = "INSERT INTO payments (tenant_id, subscription_id, amount, currency, status, processed, period_start, \
         period_end, stripe_payment_intent_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (tenant_id, stripe_payment_intent_id) WHERE stripe_payment_intent_id IS NOT NULL DO NOTHING \
         RETURNING id";
    let values = [
        tenant.into(),
        purpose.subscription.map(Uuid::from).into(),
        payment.amount.into(),
        payment.currency.as_str().into(),
        payment.status.to_value().into(),
        payment.processed.into(),
        purpose.period.map(|period| period.start).into(),
        purpose.period.map(|period| period.end).into(),
        payment.id.as_str().into(),
    ];
    let rows = query(context, sql, values).await?;
    rows.first().map(|row| row.at(0)).transpose()
}

async fn told(
    context: &TenantContext,
    tenant: TenantId,
    id: PaymentId,
    status: PaymentStatus,
) -> Result<(), DbErr> {
    let topic = format!("payment.{}", status.to_value());
    let payload = json!({ "paymentId": Uuid::from(id) });
    report(context, tenant, &topic, payload).await
}
