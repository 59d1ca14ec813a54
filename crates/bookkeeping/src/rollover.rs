//! Periods that have ended.

use billing::{Cycle, Period, Rolled, Step, Subscription, roll};
use chrono::{DateTime, Utc};
use entity::{
    id::{SubscriptionId, TenantId},
    oltp::subscription::{self, Column},
};
use sea_orm::{ColumnTrait, sea_query::Condition};
use serde_json::json;
use tenant::{Access, Identity, TenantContext, Tier};
use uuid::Uuid;

use crate::{
    Bookkeeping, Trouble,
    change::{keep, record, save},
    ended,
    rows::{locked, query, report},
};

/// How long the ids of events are kept; Stripe sends one again for three days, and by hand for thirty.
const KEPT: &str = "35 days";

impl Bookkeeping {
    /// Begins the periods of a tenant's subscriptions that are due at `now`, and ends what is to end. How many periods
    /// ended, each of which is reported in the outbox once: a subscription is locked, read, and written with its reports in
    /// one transaction, and whoever comes second finds nothing to do.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn roll_over(&self, tenant: TenantId, now: DateTime<Utc>) -> Result<usize, Trouble> {
        let mut ends = 0;
        for id in self.due(tenant, now).await? {
            let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
            let rolled = roll_one(&context, tenant, id, now).await;
            ends += ended(&context, rolled).await?;
        }
        Ok(ends)
    }

    async fn due(
        &self,
        tenant: TenantId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SubscriptionId>, Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let sql = "SELECT id FROM subscriptions WHERE status IN ('active', 'past_due') AND current_period_end <= $1 \
             ORDER BY current_period_end, id";
        let rows = query(&context, sql, [now.into()]).await;
        let rows = ended(&context, rows.map_err(Trouble::from)).await?;
        let ids: Result<_, _> = rows.iter().map(|row| row.at(0)).collect();
        Ok(ids?)
    }

    /// Forgets the ids of events that nobody sends any more.
    ///
    /// # Errors
    /// [`Trouble`].
    pub async fn forget_events(&self, tenant: TenantId) -> Result<(), Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = format!(
            "DELETE FROM stripe_events WHERE created < now() - interval '{KEPT}' RETURNING 1"
        );
        let done = query(&context, &sql, []).await;
        ended(&context, done.map_err(Trouble::from)).await.map(drop)
    }
}

async fn roll_one(
    context: &TenantContext,
    tenant: TenantId,
    id: SubscriptionId,
    now: DateTime<Utc>,
) -> Result<usize, Trouble> {
    let this = Condition::all().add(Column::Id.eq(id));
    let Some(found) = locked(context, this).await? else {
        return Ok(0);
    };
    let rolled = roll(&as_rules_have_it(&found), now);
    if rolled.steps.is_empty() {
        return Ok(0);
    }
    let new = as_row_has_it(&found, &rolled);
    save(context, &found, &new).await?;
    let why = format!("its period ended at {:?}", found.current_period_end);
    record(context, tenant, (&found, &new), why).await?;
    for step in &rolled.steps {
        if let Step::Renewed { period, .. } = step {
            keep(context, &found, *period).await?;
        }
        let (topic, payload) = told(id, step);
        report(context, tenant, topic, payload).await?;
    }
    Ok(rolled.steps.len())
}

fn as_rules_have_it(row: &subscription::Model) -> Subscription {
    let period = Period {
        start: row.current_period_start,
        end: row.current_period_end,
    };
    let months = u32::try_from(row.period_months).unwrap_or_default();
    Subscription {
        plan: row.plan_id,
        pending: row.pending_plan_id,
        status: row.status,
        period,
        cycle: row.cycle_anchor.map_or_else(
            || Cycle::of(period, months),
            |anchor| Cycle { anchor, months },
        ),
        cancel_at_period_end: row.cancel_at_period_end,
    }
}

/// The row of a subscription that time went by for.
fn as_row_has_it(found: &subscription::Model, rolled: &Rolled) -> subscription::Model {
    let (new, mut row) = (&rolled.subscription, found.clone());
    let canceled = rolled.steps.iter().find_map(|step| match step {
        Step::Ended { at } => Some(*at),
        Step::Renewed { .. } => None,
    });
    (row.plan_id, row.pending_plan_id, row.status) = (new.plan, new.pending, new.status);
    (row.current_period_start, row.current_period_end) = (new.period.start, new.period.end);
    row.cycle_anchor = Some(new.cycle.anchor);
    row.cancel_date = row.cancel_date.or(canceled);
    row
}

fn told(id: SubscriptionId, step: &Step) -> (&'static str, serde_json::Value) {
    let id = Uuid::from(id);
    match step {
        Step::Renewed {
            period,
            plan,
            before,
        } => (
            "subscription.renewed",
            json!({
                "subscriptionId": id, "periodStart": period.start, "periodEnd": period.end,
                "planId": Uuid::from(*plan), "planBefore": before.map(Uuid::from),
            }),
        ),
        Step::Ended { at } => (
            "subscription.ended",
            json!({ "subscriptionId": id, "at": at }),
        ),
    }
}
