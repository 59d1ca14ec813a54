//! Where a lead stands in a sequence that may have changed since it came there. Pure.

use std::collections::HashMap;

use entity::{
    id::CampaignSequenceStepId,
    oltp::{campaign_lead, campaign_sequence_step},
};

/// Steps that were deleted while leads were on their way, each with the one that was before it.
pub(crate) type Removed = HashMap<CampaignSequenceStepId, Option<CampaignSequenceStepId>>;

/// The place in `steps` of what comes next for a lead: behind the step that it has come to, wherever that is now. If that
/// is gone, behind the closest before it that is still there.
pub(crate) fn next_order(
    lead: &campaign_lead::Model,
    steps: &[campaign_sequence_step::Model],
    removed: &Removed,
) -> i32 {
    let Some(mut at) = lead.at_step_id else {
        return lead.next_step_order;
    };
    // One for each that is gone: what was removed is never before itself, but rows can be written by anybody's hand.
    for _ in 0..=removed.len() {
        if let Some(step) = steps.iter().find(|step| step.id == at) {
            return step.step_order + 1;
        }
        match removed.get(&at) {
            Some(Some(before)) => at = *before,
            Some(None) => return 1,
            None => break,
        }
    }
    lead.next_step_order
}

/// Whether a lead stands at a step that is not in `steps` any more.
pub(crate) fn is_gone(
    lead: &campaign_lead::Model,
    steps: &[campaign_sequence_step::Model],
) -> bool {
    lead.at_step_id
        .is_some_and(|at| steps.iter().all(|step| step.id != at))
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use entity::{
        id::{CampaignId, CampaignLeadId, LeadId, TenantId},
        oltp::campaign_sequence_step::StepType,
    };

    use super::*;
    use crate::sending::sequence::tests::step;

    fn lead(at: Option<CampaignSequenceStepId>, next_step_order: i32) -> campaign_lead::Model {
        let now = Utc::now();
        campaign_lead::Model {
            id: CampaignLeadId::new(),
            tenant_id: TenantId::new(),
            campaign_id: CampaignId::new(),
            lead_id: LeadId::new(),
            status: campaign_lead::CampaignLeadStatus::Active,
            stop_reason: None,
            next_step_order,
            due: Some(now),
            created: now,
            updated: now,
            at_step_id: at,
        }
    }

    #[test]
    fn what_comes_next_is_behind_the_step_wherever_it_is() {
        let steps: Vec<_> = (1..4).map(|order| step(order, StepType::Wait)).collect();
        let none = Removed::new();
        assert_eq!(next_order(&lead(None, 1), &steps, &none), 1);
        assert_eq!(next_order(&lead(None, 3), &steps, &none), 3, "from before");
        assert_eq!(next_order(&lead(Some(steps[1].id), 9), &steps, &none), 3);
        assert!(!is_gone(&lead(Some(steps[1].id), 9), &steps));
    }

    #[test]
    fn behind_a_step_that_is_gone_is_behind_the_closest_before_it() {
        let steps: Vec<_> = (1..4).map(|order| step(order, StepType::Wait)).collect();
        let [first, second, third] = [0, 1, 2].map(|_| CampaignSequenceStepId::new());
        let removed = Removed::from([
            (first, None),
            (second, Some(steps[0].id)),
            (third, Some(second)),
        ]);
        for (at, expected) in [(first, 1), (second, 2), (third, 2)] {
            assert!(is_gone(&lead(Some(at), 9), &steps));
            assert_eq!(next_order(&lead(Some(at), 9), &steps, &removed), expected);
        }
        let unknown = lead(Some(CampaignSequenceStepId::new()), 3);
        assert_eq!(next_order(&unknown, &steps, &removed), 3);
        let around = Removed::from([(first, Some(second)), (second, Some(first))]);
        assert_eq!(next_order(&lead(Some(first), 2), &steps, &around), 2);
    }
}
