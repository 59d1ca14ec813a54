//! What Stripe's events change.
//!
//! Events come more than once and in any order. Of each the id is kept in the transaction that does what it says. What it
//! says of a subscription counts if no later event has been heard; a period never goes back, an end is for good.

use billing::stripe::{Event, Happened, Invoice, StripeSubscription};
use entity::{
    id::{TenantId, TypedId},
    oltp::subscription::{self, Column, SubscriptionStatus},
};
use sea_orm::{ActiveEnum, ColumnTrait, DbErr, sea_query::Condition};
use serde_json::json;
use tenant::{Access, Identity, Refusal, TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Bookkeeping, Trouble, ended,
    payment::{self, Purpose},
    rows::{locked, query, report},
};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken for the first time.
    Now,
    /// It had been taken before.
    Before,
    /// It is nothing to us.
    Ignored,
    /// It is about nobody who is known here.
    Unknown,
}

impl Bookkeeping {
    /// Does what an event says, wholly or not at all.
    ///
    /// # Errors
    /// [`Trouble`]; the event is to be sent again.
    pub async fn take(&self, event: &Event) -> Result<Taken, Trouble> {
        let Some(happened) = &event.happened else {
            return Ok(Taken::Ignored);
        };
        let Some(tenant) = self.tenant_of(event).await? else {
            return Ok(Taken::Unknown);
        };
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let done = apply(&context, tenant, event, happened).await;
        match ended(&context, done.map_err(Trouble::from)).await {
            // The tenant is gone, and nothing of it changes any more.
            Err(Trouble::Refused(Refusal::NotAMember)) => Ok(Taken::Unknown),
            taken => taken,
        }
    }

    /// Whose it is: that of the subscription, or else that of the customer. In no tenant, as who sees ids alone.
    async fn tenant_of(&self, event: &Event) -> Result<Option<TenantId>, Trouble> {
        let context = self.database.context(Identity::Dispatcher, Access::Read);
        let sql = "SELECT tenant_id FROM ( \
             SELECT 1 AS place, tenant_id FROM subscriptions WHERE stripe_subscription_id = $1 \
             UNION ALL SELECT 2, tenant_id FROM tenant_config WHERE stripe_customer_id = $2) AS found ORDER BY place LIMIT 1";
        let values = [
            event.subscription.clone().into(),
            event.customer.clone().into(),
        ];
        let rows = query(&context, sql, values).await;
        let rows = ended(&context, rows.map_err(Trouble::from)).await?;
        Ok(rows.first().map(|row| row.at(0)).transpose()?)
    }
}

async fn apply(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    happened: &Happened,
) -> Result<Taken, DbErr> {
    let sql = "INSERT INTO stripe_events (tenant_id, id, event_type, happened) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, id) DO NOTHING RETURNING 1";
    let values = [
        tenant.into(),
        event.id.as_str().into(),
        event.kind.as_str().into(),
        event.created.into(),
    ];
    if query(context, sql, values).await?.is_empty() {
        return Ok(Taken::Before);
    }
    let subscription = match &event.subscription {
        Some(id) => {
            let this = Condition::all().add(Column::StripeSubscriptionId.eq(id.as_str()));
            locked(context, this).await?
        }
        None => None,
    };
    match (happened, subscription) {
        (Happened::Subscription(told), Some(found)) => {
            be_like(context, tenant, event, &found, told).await?;
        }
        (Happened::Subscription(_), None) => {}
        (Happened::Invoice(invoice), found) => {
            bill(context, tenant, event, found.as_ref(), invoice).await?;
        }
        (Happened::Payment(payment), found) => {
            let purpose = Purpose {
                subscription: found.map(|found| found.id),
                period: None,
            };
            payment::keep(context, tenant, payment, purpose).await?;
        }
    }
    Ok(Taken::Now)
}

/// Makes a subscription what Stripe says that it is.
async fn be_like(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    found: &subscription::Model,
    told: &StripeSubscription,
) -> Result<(), DbErr> {
    let is_late = found
        .stripe_updated
        .is_some_and(|heard| heard > event.created);
    if is_late || found.status == SubscriptionStatus::Canceled {
        return Ok(());
    }
    // Of two events of a second nobody knows which was first; neither takes the period back.
    let period = told
        .period
        .filter(|period| period.start >= found.current_period_start);
    let sql = "WITH sold AS (SELECT id FROM plans WHERE stripe_product_id = $9 ORDER BY is_active DESC, created, id LIMIT 1) \
         UPDATE subscriptions SET status = $2, current_period_start = coalesce($3, current_period_start), \
             current_period_end = coalesce($4, current_period_end), cycle_anchor = coalesce($5, cycle_anchor), \
             period_months = coalesce($6, period_months), cancel_at_period_end = $7, cancel_date = $8, \
             plan_id = coalesce((SELECT id FROM sold), plan_id), \
             pending_plan_id = nullif(pending_plan_id, coalesce((SELECT id FROM sold), plan_id)), \
             cancel_reason = CASE WHEN $8 IS NULL THEN NULL ELSE coalesce($10, cancel_reason) END, stripe_updated = $11 \
         WHERE id = $1 RETURNING 1";
    let values = [
        found.id.into_value(),
        told.status.to_value().into(),
        period.map(|period| period.start).into(),
        period.map(|period| period.end).into(),
        told.anchor.into(),
        told.months
            .filter(|months| (1..=120).contains(months))
            .into(),
        told.cancel_at_period_end.into(),
        told.canceled.into(),
        told.product.clone().into(),
        told.reason.clone().into(),
        event.created.into(),
    ];
    query(context, sql, values).await?;
    tell(context, tenant, found, told.status).await
}

/// Writes down an invoice's payment, and whether the subscription is paid by now.
async fn bill(
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
        payment::keep(context, tenant, payment, purpose).await?;
    }
    let Some(found) = found else { return Ok(()) };
    // What happened later, by a whole state or another payment, is how it stands.
    let (to, from, otherwise) = if invoice.is_paid {
        (SubscriptionStatus::Active, "'past_due', 'unpaid'", "failed")
    } else {
        (SubscriptionStatus::PastDue, "'active'", "succeeded")
    };
    let sql = format!(
        "UPDATE subscriptions s SET status = $2 WHERE id = $1 AND status IN ({from}) \
         AND (stripe_updated IS NULL OR stripe_updated <= $3) \
         AND NOT EXISTS (SELECT FROM payments p WHERE p.subscription_id = s.id AND p.status = '{otherwise}' AND p.processed > $3) \
         RETURNING 1"
    );
    let values = [
        found.id.into_value(),
        to.to_value().into(),
        event.created.into(),
    ];
    if query(context, &sql, values).await?.is_empty() {
        return Ok(());
    }
    tell(context, tenant, found, to).await
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
