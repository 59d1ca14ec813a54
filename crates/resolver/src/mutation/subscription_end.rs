//! The end of a subscription, and the way back before it has come.
//!
//! At the period's end it is the job `billing.rollover` that ends it.

use chrono::{DateTime, Utc};
use entity::{
    id::SubscriptionId,
    oltp::subscription::{self, Column, SubscriptionStatus as Status},
};
use sea_orm::{ActiveEnum, ColumnTrait, Value};
use serde_json::json;
use uuid::Uuid;

use super::{prelude::*, subscription_plan::SubscriptionChangeTime};
use crate::{
    error::{ClientError, Code},
    filter::any_of,
    input::{Changes, Line},
    object::subscription::Subscription,
};

root! {
    /// What can be changed.
    pub object SubscriptionEndMutations(()) {
        /// Ends a subscription, at once or when its period ends. When it has ended, what was made under it stays, and can be read and deleted; nothing new is made, and no mail is sent. For owners and billing.
        cancel_subscription(Input<CancelSubscriptionInput>): CancelSubscriptionPayload = |_row| Some(()) -> Run,
        /// Lets a subscription go on that was to end with its period, as long as that runs. For owners and billing.
        resume_subscription(Input<ResumeSubscriptionInput>): ResumeSubscriptionPayload = |_row| Some(()) -> Run,
    }
}

/// Which subscription to end, and when.
#[derive(async_graphql::InputObject)]
pub struct CancelSubscriptionInput {
    /// The id.
    pub id: Reference<SubscriptionId>,
    /// The `updated` that was read. If given, a subscription that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
    /// Why; 500 characters at most.
    pub reason: Option<Line<500>>,
    /// When it is to end. One whose payments were given up on ends at once only.
    pub when: SubscriptionChangeTime,
}

rows::object! {
    /// The subscription that ends.
    pub object CancelSubscriptionPayload(Written<Subscription>) {
        /// As it is now.
        subscription: Subscription = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CancelSubscriptionInput {
    type Payload = CancelSubscriptionPayload;
    const RIGHT: Right = Right::ManageBilling;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Subscription>> {
        let mut target = Target::new(&self.id, self.expected_updated)?;
        let mut changes = Changes::new();
        match self.reason {
            None => changes.set(Column::CancelReason, Value::String(None)),
            given => changes.give(&INPUT, "reason", Column::CancelReason, given)?,
        }
        changes.set(Column::CancelDate, Utc::now());
        let (from, topic): (&[Status], _) = match self.when {
            SubscriptionChangeTime::Now => {
                changes.set(Column::Status, Status::Canceled.to_value());
                changes.set(Column::CancelAtPeriodEnd, false);
                changes.set(Column::PendingPlanId, Value::Uuid(None));
                let from = &[Status::Active, Status::PastDue, Status::Unpaid];
                (from, "subscription.ended")
            }
            SubscriptionChangeTime::PeriodEnd => {
                changes.set(Column::CancelAtPeriodEnd, true);
                (&LIVE, "subscription.cancel_requested")
            }
        };
        let from = any_of(Column::Status, from.iter().map(ActiveEnum::to_value));
        target.condition = target.condition.add(from);
        step(writer, &target, changes, "cancel", topic).await
    }
}

/// Which subscription is to go on.
#[derive(async_graphql::InputObject)]
pub struct ResumeSubscriptionInput {
    /// The id.
    pub id: Reference<SubscriptionId>,
    /// The `updated` that was read. If given, a subscription that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
}

rows::object! {
    /// The subscription that goes on.
    pub object ResumeSubscriptionPayload(Written<Subscription>) {
        /// As it is now.
        subscription: Subscription = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for ResumeSubscriptionInput {
    type Payload = ResumeSubscriptionPayload;
    const RIGHT: Right = Right::ManageBilling;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Subscription>> {
        let mut target = Target::new(&self.id, self.expected_updated)?;
        target.condition = target
            .condition
            .add(any_of(
                Column::Status,
                LIVE.iter().map(ActiveEnum::to_value),
            ))
            .add(Column::CancelAtPeriodEnd.eq(true))
            .add(Column::CurrentPeriodEnd.gt(Utc::now()));
        let mut changes = Changes::new();
        changes.set(Column::CancelAtPeriodEnd, false);
        changes.set(Column::CancelReason, Value::String(None));
        changes.set(Column::CancelDate, Value::ChronoDateTimeUtc(None));
        step(writer, &target, changes, "resume", "subscription.resumed").await
    }
}

const LIVE: [Status; 2] = [Status::Active, Status::PastDue];

async fn step(
    writer: &Writer<'_>,
    target: &Target<Subscription>,
    changes: Changes<Subscription>,
    verb: &'static str,
    topic: &'static str,
) -> Result<Written<Subscription>> {
    let Some(row) = writer.update_if(target, &INPUT, changes).await? else {
        return Err(refused(writer, target, verb).await?.into());
    };
    let payload = json!({ "subscriptionId": Uuid::from(row.id) });
    writer.report(topic, payload).await?;
    Ok(Written(row))
}

/// Why a subscription did not take a step. It is locked while it is looked at, or it could have changed again.
async fn refused(
    writer: &Writer<'_>,
    target: &Target<Subscription>,
    verb: &'static str,
) -> Result<ClientError> {
    let there = writer
        .locked(&Target::<Subscription>::of(target.id))
        .await?;
    if target.expects_other_than(there.updated) {
        return writer.missed(target).await;
    }
    Ok(stands(&there, verb))
}

/// # Errors
/// `ILLEGAL_TRANSITION` for a subscription that begins no more periods.
pub(super) fn live(row: &subscription::Model, verb: &'static str) -> Result<(), ClientError> {
    if LIVE.contains(&row.status) {
        return Ok(());
    }
    Err(stands(row, verb))
}

/// That a subscription, as it is, does not do that.
pub(super) fn stands(row: &subscription::Model, verb: &'static str) -> ClientError {
    let status = row.status.to_value();
    let end = if row.cancel_at_period_end {
        "it ends with its period"
    } else {
        "it is not to end with its period"
    };
    let until = row.current_period_end;
    let message =
        format!("can not {verb} the subscription: it is {status}, {end}, which runs to {until:?}");
    ClientError::new(Code::IllegalTransition, message)
        .with("transition", verb)
        .with("status", status.to_uppercase())
}
