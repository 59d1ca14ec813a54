//! What is refused though each value by itself is fine: the code, the path, and nothing changed.

use serde_json::{Value, json};

use super::{
    arranged::{Arranged, on_arranged},
    ask::{Call, error},
};
use crate::isolation::twins::one;

/// A mutation, its input, the code, and `extensions.argument`.
type Case = (&'static str, Value, &'static str, &'static str);

async fn assert_refused(arranged: &Arranged, cases: Vec<Case>) {
    for (name, input, code, argument) in cases {
        let shown: String = input.to_string().chars().take(200).collect();
        let before = arranged.dump().await;
        let answer = Call::with(arranged.entry(name), input)
            .send(&arranged.twins.owner())
            .await;
        let (found, at, message) = error(&answer).unwrap_or_default();
        assert_eq!((found, at), (code, argument), "{name} {shown}: {message}");
        before.assert_same(&arranged.dump().await, name);
    }
}

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
            for unique in ["email", "workspaceName", "isPrimary"] {
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
fn steps_have_what_their_kind_needs() {
    on_arranged(async |arranged| {
        let first = &arranged.subjects.steps[0];
        let (wait, condition) = (&arranged.subjects.steps[1], &arranged.subjects.steps[2]);
        let at = "2999-01-01T00:00:00Z";
        let hours = "waitDurationHours";
        let mut cases = Vec::new();
        for (step, field) in [
            (json!({ "stepType": "WAIT" }), hours),
            (
                json!({ "stepType": "WAIT", "waitDurationHours": 1, "waitUntilDate": at }),
                hours,
            ),
            (
                json!({ "stepType": "CONDITION", "conditionValue": "yes" }),
                "conditionType",
            ),
        ] {
            let path = |parent: &str| -> &'static str { format!("input.{parent}.{field}").leak() };
            let steps = json!([{ "stepType": "EMAIL" }, step]);
            let selected = json!({ "id": { "in": [first] } });
            cases.extend([
                (
                    "createCampaign",
                    json!({ "name": "New", "steps": steps }),
                    "BAD_USER_INPUT",
                    path("steps.1"),
                ),
                (
                    "createCampaignSequenceStep",
                    json!({ "campaignId": arranged.subjects.draft, "step": step }),
                    "BAD_USER_INPUT",
                    path("step"),
                ),
                (
                    "updateCampaignSequenceStep",
                    json!({ "id": first, "set": step }),
                    "BAD_USER_INPUT",
                    path("set"),
                ),
                (
                    "updateCampaignSequenceSteps",
                    json!({ "filter": selected, "set": step, "atMost": 1 }),
                    "BAD_USER_INPUT",
                    path("set"),
                ),
            ]);
        }
        // What a step has is kept, and looked at together with what is new.
        for (id, set, argument) in [
            (
                wait,
                json!({ "waitDurationHours": null }),
                "input.set.waitDurationHours",
            ),
            (
                wait,
                json!({ "waitUntilDate": at }),
                "input.set.waitDurationHours",
            ),
            (
                condition,
                json!({ "conditionType": null }),
                "input.set.conditionType",
            ),
        ] {
            let input = json!({ "id": id, "set": set });
            cases.push((
                "updateCampaignSequenceStep",
                input,
                "BAD_USER_INPUT",
                argument,
            ));
        }
        assert_refused(arranged, cases).await;
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

#[test]
fn an_account_is_in_its_domain_and_its_failures_are_the_platforms_to_say() {
    on_arranged(async |arranged| {
        let (create, domain) = ("createEmailAccount", &arranged.subjects.domain_name);
        let entry = arranged.entry(create);
        let with = |email: String| entry.with("/email", json!(email));
        let mut cases = Vec::new();
        for email in [
            format!("a@not{domain}"),
            "a@elsewhere.test".to_owned(),
            format!("a@{domain}.evil.test"),
        ] {
            cases.push((create, with(email), "BAD_USER_INPUT", "input.email"));
        }
        let (_, parent) = domain.split_once('.').expect("a name below another");
        cases.push((
            create,
            with(format!("a@{parent}")),
            "BAD_USER_INPUT",
            "input.email",
        ));
        for status in ["DISABLED", "ERROR"] {
            cases.push((
                create,
                entry.with("/status", json!(status)),
                "BAD_USER_INPUT",
                "input.status",
            ));
            for update in ["updateEmailAccount", "updateEmailAccounts"] {
                let input = arranged.entry(update).with("/set/status", json!(status));
                cases.push((update, input, "BAD_USER_INPUT", "input.set.status"));
            }
        }
        assert_refused(arranged, cases).await;
        for email in [
            format!("a@sub.{domain}"),
            format!("A@{}", domain.to_uppercase()),
        ] {
            let answer = Call::with(entry, with(email))
                .try_out(&arranged.twins.owner())
                .await;
            assert_eq!(error(&answer), None);
        }
    });
}

#[test]
fn what_is_used_is_not_deleted() {
    on_arranged(async |arranged| {
        let subjects = &arranged.subjects;
        let used = [
            ("deleteDomain", "deleteDomains", &subjects.domain),
            (
                "deleteEmailAccount",
                "deleteEmailAccounts",
                &subjects.account,
            ),
            ("deleteTemplate", "deleteTemplates", &subjects.template),
        ];
        for (delete, delete_many, id) in used {
            let many = json!({ "filter": { "id": { "in": [id] } }, "atMost": 1 });
            let cases = vec![
                (delete, json!({ "id": id }), "IN_USE", ""),
                (delete_many, many, "IN_USE", ""),
            ];
            assert_refused(arranged, cases).await;
        }
    });
}

#[test]
fn a_tenant_keeps_an_owner_and_a_member_a_role() {
    on_arranged(async |arranged| {
        let sql = "SELECT id FROM users WHERE email = 'owner@acme.test'";
        let owner =
            entity::id::TenantUserId::from(one::<uuid::Uuid>(&arranged.twins.world, sql).await)
                .to_string();
        assert_refused(
            arranged,
            vec![
                (
                    "updateTenantUser",
                    json!({ "id": owner, "roles": ["ADMIN"] }),
                    "LAST_OWNER",
                    "",
                ),
                ("removeTenantUser", json!({ "id": owner }), "LAST_OWNER", ""),
                (
                    "updateTenantUser",
                    json!({ "id": owner, "roles": [] }),
                    "BAD_USER_INPUT",
                    "input.roles",
                ),
            ],
        )
        .await;
    });
}
