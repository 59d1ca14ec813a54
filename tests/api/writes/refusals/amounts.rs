//! Too many, or none at all.

use serde_json::{Value, json};

use super::assert_refused;
use crate::writes::{
    arranged::on_arranged,
    ask::{Call, error},
};

#[test]
fn a_filter_that_selects_too_much_changes_nothing() {
    on_arranged(async |arranged| {
        let mut asked = 0;
        for entry in arranged
            .entries
            .iter()
            .filter(|entry| entry.input["atMost"].is_number())
        {
            let mut input = entry.input.clone();
            // What is unique can not be given to many anyway.
            for unique in ["email", "workspaceName"] {
                let set = input.get_mut("set").and_then(Value::as_object_mut);
                set.map(|set| set.remove(unique));
            }
            input["filter"] = json!({});
            // Those that something refers to are not deleted, however many they are.
            let used = matches!(
                entry.name,
                "deleteDomains" | "deleteEmailAccounts" | "deleteTemplates"
            );
            let expected = if used {
                ("IN_USE", "")
            } else {
                ("TOO_MANY_ROWS", "input.atMost")
            };
            assert_refused(arranged, vec![(entry.name, input, expected.0, expected.1)]).await;
            asked += 1;
        }
        assert!(asked > 10, "{asked}");
    });
}

#[test]
fn a_change_of_many_changes_something() {
    on_arranged(async |arranged| {
        for entry in arranged
            .entries
            .iter()
            .filter(|entry| entry.input["set"].is_object())
        {
            let input = entry.with("/set", json!({}));
            if entry.input["atMost"].is_number() {
                assert_refused(
                    arranged,
                    vec![(entry.name, input, "BAD_USER_INPUT", "input.set")],
                )
                .await;
            } else {
                let answer = Call::with(entry, input)
                    .try_out(&arranged.twins.owner())
                    .await;
                assert_eq!(
                    error(&answer),
                    None,
                    "{}: one row may be changed to what it is",
                    entry.name
                );
            }
        }
    });
}

#[test]
fn lists_are_no_longer_than_they_may_be() {
    on_arranged(async |arranged| {
        let subjects = &arranged.subjects;
        let step = json!({ "stepType": "EMAIL" });
        let steps = |count| vec![step.clone(); count];
        let lead = |number: usize| json!({ "email": format!("lead{number}@lead.test") });
        let leads: Vec<Value> = (0..10_001).map(lead).collect();
        assert_refused(
            arranged,
            vec![
                (
                    "createCampaign",
                    json!({ "name": "New", "steps": steps(101) }),
                    "BAD_USER_INPUT",
                    "input.steps",
                ),
                (
                    "importLeads",
                    json!({ "leads": leads, "mode": "SKIP" }),
                    "BAD_USER_INPUT",
                    "input.leads",
                ),
                (
                    "setTemplateFolders",
                    json!({ "id": subjects.template, "folderIds": vec![&subjects.folder; 101] }),
                    "BAD_USER_INPUT",
                    "input.folderIds",
                ),
                (
                    "createTemplate",
                    json!({ "name": "New", "tagIds": vec![&subjects.tag; 101] }),
                    "BAD_USER_INPUT",
                    "input.tagIds",
                ),
            ],
        )
        .await;
        let most = json!({ "name": "New", "steps": steps(100) });
        let answer = Call::with(arranged.entry("createCampaign"), most)
            .try_out(&arranged.twins.owner())
            .await;
        assert_eq!(error(&answer), None);
    });
}
