//! Another plan for a subscription: at once if it is more, with the next period in any case.
//!
//! At the period's end the job `billing.rollover` puts the pending plan into its place. Who bills hears of a change from
//! the outbox.

use chrono::{DateTime, Utc};
use entity::{
    id::{PlanId, SubscriptionId},
    oltp::{
        plan,
        subscription::{self, Column, SubscriptionStatus},
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait};
use serde_json::json;
use uuid::Uuid;

use super::{
    prelude::*,
    subscription_end::{live, stands},
};
use crate::{
    error::{self, ClientError, Code},
    input::Changes,
    object::subscription::Subscription,
    write::not_found,
};

root! {
    /// What can be changed.
    pub object SubscriptionPlanMutations(()) {
        /// Asks for another plan. One that is more, and costs no less, may be had at once if nothing is left to pay; any other follows when the period ends, if what is in use fits. Asking for the plan that it has takes an earlier wish back. For owners and billing.
        request_plan_change(Input<RequestPlanChangeInput>): RequestPlanChangePayload = |_row| Some(()) -> Run,
    }
}

/// When a change of a subscription counts.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionChangeTime {
    /// At once.
    Now,
    /// When the running period ends.
    PeriodEnd,
}

/// Which plan, and from when on.
#[derive(async_graphql::InputObject)]
pub struct RequestPlanChangeInput {
    /// The id of the subscription.
    pub id: Reference<SubscriptionId>,
    /// The `updated` that was read. If given, a subscription that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
    /// The id of the plan: one that is sold, or the one it has.
    pub plan_id: Reference<PlanId>,
    /// When it is to follow.
    pub when: SubscriptionChangeTime,
}

rows::object! {
    /// The subscription, with the plan or the wish for it.
    pub object RequestPlanChangePayload(Written<Subscription>) {
        /// As it is now.
        subscription: Subscription = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for RequestPlanChangeInput {
    type Payload = RequestPlanChangePayload;
    const RIGHT: Right = Right::ManageBilling;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Subscription>> {
        let target = Target::<Subscription>::new(&self.id, self.expected_updated)?;
        let asked = self.plan_id.typed(&INPUT.field("plan_id"))?;
        let found = writer
            .locked(&Target::<Subscription>::of(target.id))
            .await?;
        live(&found, "change")?;
        let (mut plan, mut pending) = (found.plan_id, None);
        if asked != found.plan_id {
            let (old, new) = plans(writer, &found, asked).await?;
            self.check(writer, &found, &old, &new).await?;
            match self.when {
                SubscriptionChangeTime::Now => plan = asked,
                SubscriptionChangeTime::PeriodEnd => pending = Some(asked),
            }
        }
        let mut changes = Changes::new();
        changes.set(Column::PlanId, Uuid::from(plan));
        changes.set(Column::PendingPlanId, pending.map(Uuid::from));
        let row = writer.update(&target, &INPUT, changes).await?;
        let payload = json!({
            "subscriptionId": Uuid::from(row.id), "planId": Uuid::from(row.plan_id),
            "pendingPlanId": row.pending_plan_id.map(Uuid::from),
        });
        writer
            .report("subscription.plan_requested", payload)
            .await?;
        Ok(Written(row))
    }
}

impl RequestPlanChangeInput {
    /// What is more than the plan before has room for what fits that; all else is counted.
    async fn check(
        &self,
        writer: &Writer<'_>,
        found: &subscription::Model,
        old: &plan::Model,
        new: &plan::Model,
    ) -> Result<()> {
        let terms = |plan| billing::Terms::of(plan, found.period_months);
        let is_now = self.when == SubscriptionChangeTime::Now;
        if is_now && found.status != SubscriptionStatus::Active {
            return Err(stands(found, "upgrade").into());
        }
        if terms(new).is_upgrade_of(&terms(old)) {
            return Ok(());
        }
        if is_now {
            let problem = "is for a plan that is nowhere less, and costs no less; send PERIOD_END for this one";
            return Err(ClientError::at(Code::BadUserInput, INPUT.field("when"), problem).into());
        }
        writer.fits(found.id, new).await
    }
}

/// The subscription's plan and the one that is asked for.
async fn plans(
    writer: &Writer<'_>,
    found: &subscription::Model,
    asked: PlanId,
) -> Result<(plan::Model, plan::Model)> {
    let context = writer.context();
    let both = plan::Column::Id.is_in([found.plan_id, asked]);
    let select = plan::Entity::find().filter(both).into_query();
    let rows = context.rows(&select).await;
    let rows = rows.map_err(|cause| error::database(context, &Arc::new(cause)))?;
    let (mut old, mut new) = (None, None);
    for row in &rows {
        let plan: plan::Model = row.read(0).map_err(|cause| error::internal(&cause))?;
        if plan.id == found.plan_id {
            old = Some(plan);
        } else if plan.is_active {
            new = Some(plan);
        }
    }
    // One that is hidden from this tenant, or not sold any more, is an unknown one.
    let missing = || not_found(&INPUT.field("plan_id"));
    Ok((old.ok_or_else(missing)?, new.ok_or_else(missing)?))
}
