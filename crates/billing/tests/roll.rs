//! Periods, by a clock that the tests set as they like.

use billing::{Cycle, Period, Step, Subscription, roll};
use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use entity::{id::PlanId, oltp::subscription::SubscriptionStatus as Status};
use proptest::prelude::*;
use uuid::Uuid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn plan(number: u128) -> PlanId {
    Uuid::from_u128(number).into()
}

fn subscription(anchor: DateTime<Utc>, months: u32) -> Subscription {
    let cycle = Cycle { anchor, months };
    let period = Period {
        start: anchor,
        end: cycle.end_after(anchor).expect("an end"),
    };
    Subscription {
        plan: plan(1),
        pending: None,
        status: Status::Active,
        period,
        cycle,
        cancel_at_period_end: false,
    }
}

fn ends(steps: &[Step]) -> Vec<DateTime<Utc>> {
    let ends = steps.iter().map(|step| match step {
        Step::Renewed { period, .. } => period.end,
        Step::Ended { at } => *at,
    });
    ends.collect()
}

#[test]
fn who_began_on_the_31st_pays_on_the_last_day_of_short_months() {
    let found = roll(
        &subscription(at("2027-01-31T09:30:00Z"), 1),
        at("2027-05-01T00:00:00Z"),
    );
    let expected = [
        "2027-03-31T09:30:00Z",
        "2027-04-30T09:30:00Z",
        "2027-05-31T09:30:00Z",
    ];
    assert_eq!(found.subscription.period.start, at("2027-04-30T09:30:00Z"));
    assert_eq!(ends(&found.steps), expected.map(at));
    let leap = subscription(at("2024-02-29T00:00:00Z"), 12);
    let found = roll(&leap, at("2028-03-01T00:00:00Z"));
    let expected = [
        "2026-02-28T00:00:00Z",
        "2027-02-28T00:00:00Z",
        "2028-02-29T00:00:00Z",
        "2029-02-28T00:00:00Z",
    ];
    assert_eq!(ends(&found.steps), expected.map(at));
}

#[test]
fn a_period_that_was_cut_begins_a_cycle_of_its_own() {
    let (start, end) = (at("2027-01-15T00:00:00Z"), at("2027-02-14T00:00:00Z"));
    let cycle = Cycle::of(Period { start, end }, 1);
    assert_eq!(cycle.end_after(end), Some(at("2027-03-14T00:00:00Z")));
    let (start, end) = (at("2027-01-31T00:00:00Z"), at("2027-02-28T00:00:00Z"));
    let cycle = Cycle::of(Period { start, end }, 1);
    assert_eq!(cycle.end_after(end), Some(at("2027-03-31T00:00:00Z")));
}

#[test]
fn a_period_ends_at_its_end_and_not_a_moment_before() {
    let given = subscription(at("2027-01-01T00:00:00Z"), 1);
    let before = given.period.end - TimeDelta::microseconds(1);
    assert_eq!(roll(&given, before).steps, []);
    assert_eq!(roll(&given, given.period.end).steps.len(), 1);
}

#[test]
fn who_resumes_before_the_end_goes_on() {
    let mut given = subscription(at("2027-01-01T00:00:00Z"), 1);
    given.cancel_at_period_end = true;
    let late = at("2028-01-01T00:00:00Z");
    let ended = roll(&given, late);
    let at = given.period.end;
    assert_eq!(ended.steps, [Step::Ended { at }]);
    assert_eq!(ended.subscription.status, Status::Canceled);
    assert_eq!(ended.subscription.period, given.period);
    given.cancel_at_period_end = false;
    assert_eq!(roll(&given, late).steps.len(), 12);
}

#[test]
fn what_is_not_paid_or_ended_begins_no_period() {
    for status in [Status::Canceled, Status::Unpaid] {
        let mut given = subscription(at("2027-01-01T00:00:00Z"), 1);
        given.status = status;
        assert_eq!(roll(&given, at("2037-01-01T00:00:00Z")).steps, []);
    }
}

prop_compose! {
    fn subscriptions()(
        seconds in 1_600_000_000_i64..2_000_000_000,
        months in prop_oneof![Just(1_u32), Just(3), Just(12)],
        pending in proptest::option::of(2_u128..4),
        cancels in proptest::bool::weighted(0.3),
        is_late in any::<bool>(),
    ) -> Subscription {
        let anchor = DateTime::from_timestamp(seconds, 0).expect("a moment");
        Subscription {
            pending: pending.map(plan),
            cancel_at_period_end: cancels,
            status: if is_late { Status::PastDue } else { Status::Active },
            ..subscription(anchor, months)
        }
    }
}

proptest! {
    /// However the clock jumps, forward and back, and however often it is looked at.
    #[test]
    fn looking_often_is_looking_once(given in subscriptions(), jumps in prop::collection::vec(-900_i64..3000, 0..12)) {
        let (mut found, mut steps) = (given, Vec::new());
        let (mut now, mut latest) = (given.period.start, given.period.start);
        for days in jumps {
            now += TimeDelta::days(days) + TimeDelta::minutes(days);
            latest = latest.max(now);
            let rolled = roll(&found, now);
            found = rolled.subscription;
            steps.extend(rolled.steps);
        }
        let once = roll(&given, latest);
        prop_assert_eq!(steps, once.steps);
        prop_assert_eq!(found, once.subscription);
        prop_assert_eq!(roll(&found, latest).steps, vec![]);
    }

    /// A period begins where the one before ends, and ends on the day it is counted from, or the month's last.
    #[test]
    fn periods_leave_no_gap_and_keep_their_day(given in subscriptions(), days in 0_i64..4000) {
        let now = given.period.start + TimeDelta::days(days);
        let rolled = roll(&given, now);
        let mut before = given.period;
        for step in &rolled.steps {
            match step {
                Step::Renewed { period, .. } => {
                    prop_assert_eq!(period.start, before.end);
                    prop_assert!(period.start < period.end && period.start <= now);
                    let next_month = period.end.with_day(1).expect("a day") + Months::new(1);
                    let last = (next_month - TimeDelta::days(1)).day();
                    prop_assert_eq!(period.end.day(), given.cycle.anchor.day().min(last));
                    prop_assert_eq!(period.end.time(), given.cycle.anchor.time());
                    before = *period;
                }
                Step::Ended { at } => prop_assert_eq!(*at, before.end),
            }
        }
        let is_over = rolled.subscription.status == Status::Canceled;
        prop_assert!(is_over || now < rolled.subscription.period.end);
    }

    /// The plan changes with the first period that ends, once; not if the subscription ends with it.
    #[test]
    fn a_pending_plan_follows_once(given in subscriptions(), days in 0_i64..4000) {
        let rolled = roll(&given, given.period.start + TimeDelta::days(days));
        let changes: Vec<usize> = rolled.steps.iter().enumerate().filter_map(|(place, step)| match step {
            Step::Renewed { before: Some(_), .. } => Some(place),
            _ => None,
        }).collect();
        let follows = given.pending.filter(|_| !given.cancel_at_period_end && !rolled.steps.is_empty());
        prop_assert_eq!(changes, if follows.is_some() { vec![0] } else { vec![] });
        prop_assert_eq!(rolled.subscription.plan, follows.unwrap_or(given.plan));
        if !rolled.steps.is_empty() {
            prop_assert_eq!(rolled.subscription.pending, None);
        }
    }
}
