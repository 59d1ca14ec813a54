//! What comes next for a lead in a campaign. Pure: what is known goes in, what is to be done comes out.

use chrono::{DateTime, Duration, Utc};
use entity::oltp::{
    campaign_sequence_step::{self, StepType},
    lead::LeadStatus,
};

/// What a condition asks about a lead.
pub(crate) trait Known {
    /// Whether a `condition` step's question is answered with yes: its type, and what it compares with.
    fn holds(&self, kind: &str, value: Option<&str>) -> bool;

    /// Whether an email step's `send_condition` lets it be sent.
    ///
    /// # Errors
    /// What is wrong with the expression.
    fn lets_send(&self, expression: &str) -> Result<bool, String>;
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next<'s> {
    /// The message of this step.
    Email(&'s campaign_sequence_step::Model),
    /// Nothing before that time; then what is behind this step.
    Wait {
        step: &'s campaign_sequence_step::Model,
        until: DateTime<Utc>,
    },
    /// Nothing any more.
    Completed,
    /// Nothing any more, before the end.
    Stopped(String),
}

/// Goes through `steps` (in their order) from the place `order` to the first that takes time.
///
/// A step that is switched off is passed over, and so is an email whose `send_condition` does not hold.
pub(crate) fn next<'s>(
    steps: &'s [campaign_sequence_step::Model],
    order: i32,
    lead: LeadStatus,
    known: &impl Known,
    now: DateTime<Utc>,
) -> Next<'s> {
    if let Some(reason) = left_out(lead) {
        return Next::Stopped(reason.to_owned());
    }
    let to_come = steps.iter().filter(|step| step.step_order >= order);
    for step in to_come.filter(|step| step.is_active) {
        match step.step_type {
            StepType::Wait => {
                return Next::Wait {
                    step,
                    until: end_of_wait(step, now),
                };
            }
            StepType::Condition => {
                let kind = step.condition_type.as_deref().unwrap_or_default();
                if !known.holds(kind, step.condition_value.as_deref()) {
                    return Next::Stopped(format!("the condition `{kind}` did not hold"));
                }
            }
            StepType::Email => match step.send_condition.as_deref().map(|it| known.lets_send(it)) {
                None | Some(Ok(true)) => return email(step),
                Some(Ok(false)) => {}
                Some(Err(problem)) => {
                    return Next::Stopped(format!(
                        "the send condition of step {} can not be evaluated: {problem}",
                        step.step_order
                    ));
                }
            },
        }
    }
    Next::Completed
}

/// The message of a step, if there is one to be made.
fn email(step: &campaign_sequence_step::Model) -> Next<'_> {
    match missing(step) {
        None => Next::Email(step),
        Some(what) => Next::Stopped(format!("step {} has no {what}", step.step_order)),
    }
}

/// What an email step lacks to send anything.
fn missing(step: &campaign_sequence_step::Model) -> Option<&'static str> {
    match (step.email_account_id, step.template_id) {
        (None, _) => Some("account to send from"),
        (_, None) => Some("template"),
        (Some(_), Some(_)) => None,
    }
}

/// Why nothing is sent to a lead.
pub(crate) fn left_out(lead: LeadStatus) -> Option<&'static str> {
    match lead {
        LeadStatus::Active => None,
        LeadStatus::Unsubscribed => Some("has asked for no more mail"),
        LeadStatus::Bounced => Some("the address takes no mail"),
        LeadStatus::Replied => Some("has answered"),
        LeadStatus::Archived => Some("was put away"),
    }
}

/// The later of both where a step has both.
fn end_of_wait(step: &campaign_sequence_step::Model, now: DateTime<Utc>) -> DateTime<Utc> {
    let hours = step.wait_duration_hours.unwrap_or_default();
    let waited = now + Duration::hours(hours.into());
    step.wait_until_date
        .map_or(waited, |until| until.max(waited))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use entity::id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TemplateId, TenantId};

    struct Knows(bool);

    impl Known for Knows {
        fn holds(&self, _: &str, _: Option<&str>) -> bool {
            self.0
        }

        fn lets_send(&self, expression: &str) -> Result<bool, String> {
            expression.parse().map_err(|_| "no truth value".to_owned())
        }
    }

    pub(crate) fn step(order: i32, step_type: StepType) -> campaign_sequence_step::Model {
        let now = Utc::now();
        campaign_sequence_step::Model {
            id: CampaignSequenceStepId::new(),
            tenant_id: TenantId::new(),
            campaign_id: CampaignId::new(),
            step_order: order,
            step_type,
            email_account_id: Some(EmailAccountId::new()),
            template_id: Some(TemplateId::new()),
            subject_override: None,
            from_name_override: None,
            wait_duration_hours: (step_type == StepType::Wait).then_some(48),
            wait_until_date: None,
            condition_type: (step_type == StepType::Condition).then(|| "opened".to_owned()),
            condition_value: None,
            send_condition: None,
            is_active: true,
            executed_count: 0,
            last_executed: None,
            created: now,
            updated: now,
        }
    }

    fn all() -> Vec<campaign_sequence_step::Model> {
        use StepType::{Condition, Email, Wait};
        [Email, Wait, Condition, Email]
            .into_iter()
            .zip(1..)
            .map(|(kind, order)| step(order, kind))
            .collect()
    }

    #[test]
    fn steps_come_in_their_order_and_end() {
        let (steps, now) = (all(), Utc::now());
        let at = |order| next(&steps, order, LeadStatus::Active, &Knows(true), now);
        assert_eq!(at(1), Next::Email(&steps[0]));
        assert_eq!(
            at(2),
            Next::Wait {
                step: &steps[1],
                until: now + Duration::hours(48)
            }
        );
        assert_eq!(at(3), Next::Email(&steps[3]));
        assert_eq!(at(5), Next::Completed);
        assert_eq!(
            next(&[], 1, LeadStatus::Active, &Knows(true), now),
            Next::Completed
        );
    }

    #[test]
    fn a_condition_that_does_not_hold_ends_it() {
        let steps = all();
        let found = next(&steps, 3, LeadStatus::Active, &Knows(false), Utc::now());
        assert!(matches!(found, Next::Stopped(_)), "{found:?}");
    }

    #[test]
    fn who_is_not_to_be_written_to_is_left_out_at_once() {
        let steps = all();
        for lead in [
            LeadStatus::Unsubscribed,
            LeadStatus::Bounced,
            LeadStatus::Replied,
            LeadStatus::Archived,
        ] {
            for order in 1..6 {
                let found = next(&steps, order, lead, &Knows(true), Utc::now());
                assert!(matches!(found, Next::Stopped(_)), "{lead:?}: {found:?}");
            }
        }
    }

    #[test]
    fn what_is_switched_off_or_not_to_be_sent_is_passed_over() {
        let mut steps = all();
        steps[0].is_active = false;
        steps[1].is_active = false;
        steps[3].send_condition = Some("false".to_owned());
        let at = |steps: &[_]| {
            next(steps, 1, LeadStatus::Active, &Knows(true), Utc::now()) == Next::Completed
        };
        assert!(at(&steps));
        steps[3].send_condition = Some("perhaps".to_owned());
        let found = next(&steps, 1, LeadStatus::Active, &Knows(true), Utc::now());
        assert!(matches!(found, Next::Stopped(_)), "{found:?}");
    }

    #[test]
    fn a_step_without_an_account_or_a_template_stops_the_lead_with_the_reason() {
        let mut steps = all();
        let stopped = |steps: &[_], reason: &str| {
            let found = next(steps, 1, LeadStatus::Active, &Knows(true), Utc::now());
            assert_eq!(found, Next::Stopped(reason.to_owned()));
        };
        steps[0].template_id = None;
        stopped(&steps, "step 1 has no template");
        steps[0].email_account_id = None;
        stopped(&steps, "step 1 has no account to send from");
    }

    #[test]
    fn a_wait_for_a_day_ends_when_both_are_over() {
        let now = Utc::now();
        let mut wait = step(1, StepType::Wait);
        wait.wait_until_date = Some(now + Duration::days(9));
        assert_eq!(end_of_wait(&wait, now), now + Duration::days(9));
        wait.wait_until_date = Some(now);
        assert_eq!(end_of_wait(&wait, now), now + Duration::hours(48));
    }
}
