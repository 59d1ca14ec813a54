//! What Stripe's events change.
//!
//! Events come more than once and in any order. Of each the id is kept in the transaction that does what it says. What it
//! says of a subscription counts if no later event has been heard; a period never goes back, an end is for good.
//!
//! A subscription of Stripe's that is not known yet is that of its customer's tenant which has none there. If none or more
//! than one may be meant, nothing is kept, not even the event's id, so that it can come again.

use billing::stripe::{Event, Happened};
use entity::{
    id::TenantId,
    oltp::subscription::{self, Column, SubscriptionStatus},
};
use sea_orm::{ColumnTrait, DbErr, sea_query::Condition};
use tenant::{Access, Identity, Refusal, TenantContext, Tier};

use crate::{
    Bookkeeping, Trouble,
    change::record,
    ended,
    payment::{self, Purpose},
    rows::{locked, query},
    standing::{be_like, bill},
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
        match ended(&context, done).await {
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
) -> Result<Taken, Trouble> {
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
    let found = subscription(context, tenant, event, happened).await?;
    match (happened, found) {
        (Happened::Subscription(told), Some(found)) => {
            be_like(context, tenant, event, &found, told).await?;
        }
        // It has ended, and was never anything here.
        (Happened::Subscription(_), None) => {}
        (Happened::Invoice(invoice), found) => {
            bill(context, tenant, event, found.as_ref(), invoice).await?;
        }
        (Happened::Payment(payment), found) => {
            let purpose = Purpose {
                subscription: found.map(|found| found.id),
                period: None,
            };
            payment::keep(context, tenant, event, payment, purpose).await?;
        }
    }
    Ok(Taken::Now)
}

/// The subscription that an event is about, which nobody else changes then; none if it is about none.
async fn subscription(
    context: &TenantContext,
    tenant: TenantId,
    event: &Event,
    happened: &Happened,
) -> Result<Option<subscription::Model>, Trouble> {
    let Some(id) = &event.subscription else {
        return Ok(None);
    };
    let this = Condition::all().add(Column::StripeSubscriptionId.eq(id.as_str()));
    if let Some(found) = locked(context, this.clone()).await? {
        return Ok(Some(found));
    }
    // Only what says how it stands says whether it is one that goes on: a bill may be one of years ago, and whose a
    // subscription is never changes. Stripe sends it again until the subscription was told of.
    let Happened::Subscription(told) = happened else {
        return Err(Trouble::Untold);
    };
    if told.status == SubscriptionStatus::Canceled {
        return Ok(None);
    }
    if !link(context, id).await? {
        return Err(Trouble::Unlinked { tenant });
    }
    let found = locked(context, this).await?;
    if let Some(found) = &found {
        let mut before = found.clone();
        before.stripe_subscription_id = None;
        record(context, tenant, (&before, found), why(event)).await?;
    }
    Ok(found)
}

/// Says of the one subscription that Stripe has none for that it is this one there. False if there is not exactly one.
async fn link(context: &TenantContext, id: &str) -> Result<bool, DbErr> {
    let sql = "WITH free AS (SELECT id FROM subscriptions WHERE stripe_subscription_id IS NULL AND status <> 'canceled') \
         UPDATE subscriptions SET stripe_subscription_id = $1 WHERE stripe_subscription_id IS NULL \
             AND id = (SELECT id FROM free WHERE (SELECT count(*) FROM free) = 1) RETURNING 1";
    Ok(!query(context, sql, [id.into()]).await?.is_empty())
}

/// Why something is changed that an event changes, in the words of the log.
pub(crate) fn why(event: &Event) -> String {
    format!("Stripe told it: {}, {}", event.kind, event.id)
}
