//! Steps that lack something, and orders that lack a step.

use serde_json::{Value, json};

use super::assert_refused;
use crate::{
    isolation::twins::one,
    writes::{arranged::on_arranged, subjects::Subjects},
};

const AT: &str = "2999-01-01T00:00:00Z";
const HOURS: &str = "waitDurationHours";

#[test]
fn steps_have_what_their_kind_needs() {
    on_arranged(async |arranged| {
        for (step, field) in [
            (json!({ "stepType": "WAIT" }), HOURS),
            (
                json!({ "stepType": "WAIT", HOURS: 1, "waitUntilDate": AT }),
                HOURS,
            ),
            (
                json!({ "stepType": "CONDITION", "conditionValue": "any_email" }),
                "conditionType",
            ),
            (
                json!({ "stepType": "CONDITION", "conditionType": "openend" }),
                "conditionType",
            ),
            (
                json!({ "stepType": "CONDITION", "conditionType": "opened", "conditionValue": "any" }),
                "conditionValue",
            ),
            (
                json!({ "stepType": "EMAIL", "sendCondition": "lead.company ==" }),
                "sendCondition",
            ),
            (
                json!({ "stepType": "EMAIL", "sendCondition": "lead.comapny" }),
                "sendCondition",
            ),
            (
                json!({ "stepType": "EMAIL", "sendCondition": "sender.name" }),
                "sendCondition",
            ),
        ] {
            for (name, input, place) in with_step(&arranged.subjects, &step) {
                let argument = format!("input.{place}.{field}");
                assert_refused(arranged, vec![(name, input, "BAD_USER_INPUT", &argument)]).await;
            }
        }
    });
}

/// Everywhere that a step can be given: the mutation, its input, the step's place in it.
fn with_step(of: &Subjects, step: &Value) -> [(&'static str, Value, &'static str); 4] {
    let (draft, first) = (&of.draft, &of.steps[0]);
    let steps = json!([{ "stepType": "EMAIL" }, step]);
    let filter = json!({ "id": { "in": [first] } });
    [
        (
            "createCampaign",
            json!({ "name": "New", "steps": steps }),
            "steps.1",
        ),
        (
            "createCampaignSequenceStep",
            json!({ "campaignId": draft, "step": step }),
            "step",
        ),
        (
            "updateCampaignSequenceStep",
            json!({ "id": first, "set": step }),
            "set",
        ),
        (
            "updateCampaignSequenceSteps",
            json!({ "filter": filter, "set": step, "atMost": 1 }),
            "set",
        ),
    ]
}

#[test]
fn what_a_step_has_is_looked_at_together_with_what_is_new() {
    on_arranged(async |arranged| {
        let (wait, condition) = (&arranged.subjects.steps[1], &arranged.subjects.steps[2]);
        let case = |id: &String, set: Value, argument: &'static str| {
            let input = json!({ "id": id, "set": set });
            (
                "updateCampaignSequenceStep",
                input,
                "BAD_USER_INPUT",
                argument,
            )
        };
        let cases = vec![
            case(wait, json!({ HOURS: null }), "input.set.waitDurationHours"),
            case(
                wait,
                json!({ "waitUntilDate": AT }),
                "input.set.waitDurationHours",
            ),
            case(
                condition,
                json!({ "conditionType": null }),
                "input.set.conditionType",
            ),
        ];
        assert_refused(arranged, cases).await;
    });
}

#[test]
fn an_order_names_each_step_once() {
    on_arranged(async |arranged| {
        let subjects = &arranged.subjects;
        let [a, b, c] = &subjects.steps[..] else {
            panic!("three steps")
        };
        let sql = format!(
            "SELECT s.id::text FROM campaign_sequence_steps s JOIN campaigns c ON c.id = s.campaign_id
             WHERE s.tenant_id = '{}' AND c.name <> 'Spare' LIMIT 1",
            arranged.twins.a
        );
        let elsewhere: String = one(&arranged.twins.world, &sql).await;
        let orders = [
            json!([]),
            json!([a, b]),
            json!([a, b, b]),
            json!([a, b, c, c]),
            json!([a, b, elsewhere]),
            json!([a, b, c, elsewhere]),
        ];
        let case = |order: Value| {
            let input = json!({ "campaignId": subjects.draft, "stepIds": order });
            (
                "reorderCampaignSequenceSteps",
                input,
                "BAD_USER_INPUT",
                "input.stepIds",
            )
        };
        assert_refused(arranged, orders.into_iter().map(case).collect()).await;
    });
}
