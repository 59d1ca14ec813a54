//! How a subscription stands, by what Stripe says of it and of its invoices.

use billing::stripe::{Event, Invoice, Said, StripeSubscription};
use entity::{
    id::{PlanId, TenantId},
    oltp::subscription::{self, SubscriptionStatus},
};
use sea_orm::{ActiveEnum, DbErr};
use serde_json::json;
use tenant::TenantContext;
use uuid::Uuid;

use crate::{
    change::{record, save},
    payment::{self, Purpose},
    rows::{query, report},
    stripe::why,
};

/// Makes a subscription what Stripe says that it is by now, but for what was asked for here and Stripe has not heard of yet.
pub(crate) async fn be_like(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    found: &subscription::Model,
    told: &StripeSubscription,
) -> Result<(), DbErr> {
    if is_late(event, found) || found.status == SubscriptionStatus::Canceled {
        return Ok(());
    }
    let heard = Said {
        ends: found.stripe_cancel_at_period_end,
        product: found.stripe_product_id.clone(),
    };
    let (news, mut new) = (told.news(&heard), found.clone());
    follow_status(&mut new, event, told.status);
    follow_period(&mut new, told);
    if news.of_end {
        follow_end(&mut new, event, told);
    }
    if news.of_product
        && let Some(plan) = sold(context, told.product.as_deref()).await?
    {
        new.plan_id = plan;
        new.pending_plan_id = new.pending_plan_id.filter(|pending| *pending != plan);
    }
    new.stripe_cancel_at_period_end = Some(told.cancel_at_period_end);
    new.stripe_product_id = told.product.clone().or(new.stripe_product_id);
    new.stripe_updated = Some(event.created);
    save(context, found, &new).await?;
    record(context, tenant, (found, &new), why(event)).await?;
    tell(context, tenant, found, new.status).await
}

/// Whether something is known that happened later. Of two events of one second that a subscription was made is the first;
/// of two others the one that is heard last is taken for the last, for Stripe sends them in their order if it can.
fn is_late(event: &Event, found: &subscription::Model) -> bool {
    let is_first = event.kind == "customer.subscription.created";
    found
        .stripe_updated
        .is_some_and(|heard| heard > event.created || (is_first && heard == event.created))
}

/// A state that is older than an invoice does not say how it stands since then; but an end is for good, and payments that
/// were given up on are not taken up again by one more that fails.
fn follow_status(new: &mut subscription::Model, event: &Event, told: SubscriptionStatus) {
    use SubscriptionStatus::{Canceled, PastDue, Unpaid};
    let stays_so = told == Canceled || (told == Unpaid && new.status == PastDue);
    if stands_later(event, new) && !stays_so {
        return;
    }
    new.status = told;
    new.stripe_status_updated = new.stripe_status_updated.max(Some(event.created));
}

/// Whether Stripe has said already how it stood later.
fn stands_later(event: &Event, found: &subscription::Model) -> bool {
    let heard = found.stripe_status_updated;
    heard.is_some_and(|heard| heard > event.created)
}

/// A period never goes back; one that would says nothing of where the next end, either. One that follows the running one
/// is the end of that, at which the plan that waited for it begins.
fn follow_period(new: &mut subscription::Model, told: &StripeSubscription) {
    let start = new.current_period_start;
    let Some(period) = told.period.filter(|period| period.start >= start) else {
        return;
    };
    if period.start >= new.current_period_end
        && let Some(plan) = new.pending_plan_id.take()
    {
        new.plan_id = plan;
    }
    (new.current_period_start, new.current_period_end) = (period.start, period.end);
    new.cycle_anchor = told.anchor.or(new.cycle_anchor);
    new.period_months = told.months.unwrap_or(new.period_months);
}

/// The reason that was given here is the customer's own, and stays.
fn follow_end(new: &mut subscription::Model, event: &Event, told: &StripeSubscription) {
    let has_ended = told.status == SubscriptionStatus::Canceled;
    new.cancel_at_period_end = told.cancel_at_period_end && !has_ended;
    if has_ended || told.cancel_at_period_end {
        new.cancel_date = told.canceled.or(Some(event.created));
        new.cancel_reason = new.cancel_reason.take().or_else(|| told.reason.clone());
    } else {
        (new.cancel_date, new.cancel_reason) = (None, None);
    }
}

/// The plan that a product of Stripe's is, if it is one.
async fn sold(context: &TenantContext, product: Option<&str>) -> Result<Option<PlanId>, DbErr> {
    let sql = "SELECT id FROM plans WHERE stripe_product_id = $1 ORDER BY is_active DESC, created, id LIMIT 1";
    let rows = query(context, sql, [product.into()]).await?;
    rows.first().map(|row| row.at(0)).transpose()
}

/// Writes down an invoice's payment, and whether the subscription is paid by now.
pub(crate) async fn bill(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    found: Option<&subscription::Model>,
    invoice: &Invoice,
) -> Result<(), DbErr> {
    if let Some(payment) = &invoice.payment {
        let purpose = Purpose {
            subscription: found.map(|found| found.id),
            period: invoice.period,
        };
        payment::keep(context, tenant, event, payment, purpose).await?;
    }
    let Some(found) = found else { return Ok(()) };
    if stands_later(event, found) || found.status == SubscriptionStatus::Canceled {
        return Ok(());
    }
    let mut new = found.clone();
    new.stripe_status_updated = Some(event.created);
    new.status = match (found.status, invoice.is_paid) {
        (SubscriptionStatus::PastDue | SubscriptionStatus::Unpaid, true) => {
            SubscriptionStatus::Active
        }
        (SubscriptionStatus::Active, false) => SubscriptionStatus::PastDue,
        (status, _) => status,
    };
    save(context, found, &new).await?;
    if new.status == found.status {
        return Ok(());
    }
    record(context, tenant, (found, &new), why(event)).await?;
    tell(context, tenant, found, new.status).await
}

async fn tell(
    context: &TenantContext,
    tenant: TenantId,
    found: &subscription::Model,
    status: SubscriptionStatus,
) -> Result<(), DbErr> {
    let payload = json!({ "subscriptionId": Uuid::from(found.id), "status": status.to_value() });
    report(context, tenant, "subscription.changed", payload).await
}
