//! What becomes of a subscription.

use chrono::{DateTime, Utc};
use entity::{id::PlanId, oltp::subscription::SubscriptionStatus as Status};

use crate::{Cycle, Period};

/// A subscription, as far as time changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its plan.
    pub plan: PlanId,
    /// The plan that follows when the period ends.
    pub pending: Option<PlanId>,
    /// Whether it is paid.
    pub status: Status,
    /// The running period.
    pub period: Period,
    /// Where periods end.
    pub cycle: Cycle,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
}

/// What happened at the end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next period began, with this plan.
    Renewed {
        /// The period that began.
        period: Period,
        /// The plan of it.
        plan: PlanId,
        /// The plan before, if it is another.
        before: Option<PlanId>,
    },
    /// The subscription ended.
    Ended {
        /// When.
        at: DateTime<Utc>,
    },
}

/// A subscription that time went by for, and what happened meanwhile, the earliest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rolled {
    /// As it is then.
    pub subscription: Subscription,
    /// One for each period that ended.
    pub steps: Vec<Step>,
}

/// What has happened to a subscription by `now`.
///
/// Each period that has ended is a step of its own, however late it is looked at; a period that ended is never begun again,
/// whatever the clock says. So it does not matter how often, and when, this is asked: the steps are the same. One that is
/// canceled, or whose payments were given up on, begins no period.
#[must_use]
pub fn roll(subscription: &Subscription, now: DateTime<Utc>) -> Rolled {
    let mut rolled = Rolled {
        subscription: *subscription,
        steps: Vec::new(),
    };
    while let Some(step) = rolled.subscription.next(now) {
        rolled.subscription.take(step);
        rolled.steps.push(step);
    }
    rolled
}

impl Subscription {
    /// Whether another period follows, unless it is to end with this one.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.status, Status::Active | Status::PastDue)
    }

    fn next(&self, now: DateTime<Utc>) -> Option<Step> {
        if !self.is_live() || now < self.period.end {
            return None;
        }
        if self.cancel_at_period_end {
            return Some(Step::Ended {
                at: self.period.end,
            });
        }
        let start = self.period.end;
        let plan = self.pending.unwrap_or(self.plan);
        Some(Step::Renewed {
            period: Period {
                start,
                end: self.cycle.end_after(start)?,
            },
            plan,
            before: (plan != self.plan).then_some(self.plan),
        })
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Renewed { period, plan, .. } => {
                self.period = period;
                self.plan = plan;
            }
            Step::Ended { .. } => {
                self.status = Status::Canceled;
                self.cancel_at_period_end = false;
            }
        }
        self.pending = None;
    }
}
