//! Where a campaign stands: every step from every state.

use entity::id::CampaignId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    arranged::{Fresh, on_arranged},
    ask::{Call, error},
};

/// The states as they are stored, and the transitions that the schema's descriptions allow from each.
const ALLOWED: [(&str, &[&str]); 5] = [
    ("draft", &["scheduleCampaign", "startCampaign"]),
    (
        "scheduled",
        &["scheduleCampaign", "startCampaign", "pauseCampaign"],
    ),
    ("sending", &["pauseCampaign", "completeCampaign"]),
    (
        "paused",
        &["scheduleCampaign", "resumeCampaign", "completeCampaign"],
    ),
    ("completed", &[]),
];

const TRANSITIONS: [(&str, &str); 5] = [
    ("scheduleCampaign", "scheduled"),
    ("startCampaign", "sending"),
    ("pauseCampaign", "paused"),
    ("resumeCampaign", "sending"),
    ("completeCampaign", "completed"),
];

#[tokio::test]
async fn every_transition_starts_from_its_states_alone() {
    let fresh = Fresh::new().await;
    let (owner, draft) = (fresh.world.owner("acme"), &fresh.subjects.draft);
    for (state, allowed) in ALLOWED {
        for (transition, to) in TRANSITIONS {
            let set = "UPDATE campaigns SET status = $1, completed = NULL WHERE name = 'Spare'";
            sqlx::query(set)
                .bind(state)
                .execute(fresh.world.admin())
                .await
                .expect("a state");
            let input = fresh.entry(transition).with("/id", json!(draft));
            let answer = Call::with(fresh.entry(transition), input)
                .send(&owner)
                .await;
            let place = format!("{transition} from {state}: {:#}", answer.body);
            if allowed.contains(&transition) {
                let campaign = &answer.data()["it"]["campaign"];
                assert_eq!(campaign["status"], to.to_uppercase(), "{place}");
                assert_eq!(
                    campaign["completed"].is_string(),
                    to == "completed",
                    "{place}"
                );
            } else {
                let extensions = &answer.body["errors"][0]["extensions"];
                let verb = transition.trim_end_matches("Campaign");
                assert_eq!(
                    (
                        &extensions["code"],
                        &extensions["status"],
                        &extensions["transition"]
                    ),
                    (
                        &json!("ILLEGAL_TRANSITION"),
                        &json!(state.to_uppercase()),
                        &json!(verb)
                    ),
                    "{place}"
                );
            }
        }
    }
}

/// What of a step is changed, and whether the campaign can be begun then.
const STEPS: [(&str, Option<&str>); 8] = [
    ("is_active = true", None),
    (
        "email_account_id = NULL",
        Some("step 1 has no account to send from"),
    ),
    (
        "template_id = NULL",
        Some("step 1 has no template with a text"),
    ),
    (
        "template_id = (SELECT id FROM templates WHERE name = 'Spare')",
        Some("step 1 has no template with a text"),
    ),
    (
        "subject_override = '{{ lead.frist_name }}'",
        Some("there is no variable lead.frist_name"),
    ),
    (
        "subject_override = '{{ sender_name }}'",
        Some("sender_name has no value"),
    ),
    (
        "subject_override = '{{ sender_name }}', from_name_override = 'Ann'",
        None,
    ),
    ("email_account_id = NULL, is_active = false", None),
];

#[tokio::test]
async fn a_campaign_is_not_begun_while_a_step_of_it_could_not_be_done() {
    let fresh = Fresh::new().await;
    let (owner, draft) = (fresh.world.owner("acme"), &fresh.subjects.draft);
    let step = "step_order = 1 AND campaign_id = (SELECT id FROM campaigns WHERE name = 'Spare')";
    for (change, problem) in STEPS {
        for (transition, state) in [
            ("scheduleCampaign", "draft"),
            ("startCampaign", "draft"),
            ("resumeCampaign", "paused"),
        ] {
            let sql = format!(
                "UPDATE campaigns SET status = '{state}' WHERE name = 'Spare';
                CREATE TEMP TABLE kept AS SELECT * FROM campaign_sequence_steps WHERE {step};
                UPDATE campaign_sequence_steps SET {change} WHERE {step}"
            );
            let mut admin = fresh.world.admin().acquire().await.expect("a connection");
            let changed = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.as_str()));
            changed.execute(&mut *admin).await.expect("a change");
            let input = fresh.entry(transition).with("/id", json!(draft));
            let answer = Call::with(fresh.entry(transition), input)
                .send(&owner)
                .await;
            let place = format!("{transition} with {change}: {:#}", answer.body);
            match problem {
                None => assert!(answer.body.get("errors").is_none(), "{place}"),
                Some(problem) => {
                    assert_eq!(answer.code(), "CAMPAIGN_INCOMPLETE", "{place}");
                    let error = &answer.body["errors"][0];
                    assert_eq!(error["extensions"]["step"], 1, "{place}");
                    let message = error["message"].as_str().expect("a message");
                    assert!(message.contains(problem), "{place}");
                }
            }
            let status = "SELECT status FROM campaigns WHERE name = 'Spare'";
            let status: String = sqlx::query_scalar(status)
                .fetch_one(&mut *admin)
                .await
                .expect("the campaign");
            assert_eq!(status == state, problem.is_some(), "{place}");
            let back = "UPDATE campaign_sequence_steps SET email_account_id = kept.email_account_id, template_id = kept.template_id,
                    subject_override = kept.subject_override, from_name_override = kept.from_name_override, is_active = kept.is_active
                    FROM kept WHERE campaign_sequence_steps.id = kept.id;
                DROP TABLE kept";
            let back = sqlx::raw_sql(back);
            back.execute(&mut *admin).await.expect("a change");
        }
    }
}

/// Whoever is taken out of it again does not make it one that writes to all that there are.
#[tokio::test]
async fn a_campaign_that_was_given_leads_writes_to_no_others() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let given = async || {
        let sql = "SELECT leads_are_given AND leads_after IS NULL FROM campaign_runs r JOIN campaigns c ON c.id = r.campaign_id \
             WHERE c.name = 'Spare'";
        let found: Option<bool> = sqlx::query_scalar(sql)
            .fetch_optional(fresh.world.admin())
            .await
            .expect("a row");
        found
    };
    // What it was before it got any, and after a step of it was deleted while it ran.
    let running = "UPDATE campaigns SET status = 'sending' WHERE name = 'Spare'";
    let changed = sqlx::query(running).execute(fresh.world.admin());
    changed.await.expect("a campaign that runs");
    assert_eq!(given().await, None);
    let delete = "mutation($id: ID!) { deleteCampaignSequenceStep(input: {id: $id}) { id } }";
    let step = json!({ "id": fresh.subjects.steps[1] });
    owner.query_with(delete, step).await.data();
    assert_eq!(given().await, Some(false));
    let add = "mutation($id: ID!) { addCampaignLeads(input: {campaignId: $id, filter: {email: {eq: \"nobody@leads.test\"}}, atMost: 1}) { count } }";
    let added = owner
        .query_with(add, json!({ "id": fresh.subjects.draft }))
        .await;
    assert_eq!(added.data()["addCampaignLeads"]["count"], 0);
    assert_eq!(given().await, Some(true));
}

/// What the outbox says of campaigns, since it was last asked.
async fn reported(fresh: &Fresh) -> Vec<(String, Value)> {
    let taken = "WITH taken AS (DELETE FROM outbox WHERE topic LIKE 'campaign.%' RETURNING topic, payload, created, id)
        SELECT topic, payload FROM taken ORDER BY created, id";
    let rows = sqlx::query_as(taken).fetch_all(fresh.world.admin()).await;
    rows.expect("the outbox")
}

#[tokio::test]
async fn what_is_to_send_is_reported_with_the_change_or_not_at_all() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let draft = &fresh.subjects.draft;
    let plain = draft.parse::<CampaignId>().map(Uuid::from).expect("an id");
    let begin = async |transition: &str, with: Value| {
        let mut input = json!({ "id": draft });
        input
            .as_object_mut()
            .expect("an object")
            .extend(with.as_object().expect("an object").clone());
        let mutation = format!(
            "mutation($input: {}Input!) {{ {transition}(input: $input) {{ campaign {{ status }} }} }}",
            transition[..1].to_uppercase() + &transition[1..]
        );
        owner.query_with(&mutation, json!({ "input": input })).await
    };
    // What the demo has reported.
    reported(&fresh).await;
    let at = "2101-02-03T04:05:06Z";
    begin("scheduleCampaign", json!({ "at": at })).await.data();
    let scheduled = (
        "campaign.scheduled".to_owned(),
        json!({ "campaignId": plain, "at": at }),
    );
    assert_eq!(reported(&fresh).await, [scheduled]);
    let started = (
        "campaign.started".to_owned(),
        json!({ "campaignId": plain }),
    );
    begin("startCampaign", json!({})).await.data();
    assert_eq!(reported(&fresh).await, std::slice::from_ref(&started));
    begin("pauseCampaign", json!({})).await.data();
    assert_eq!(reported(&fresh).await, []);
    begin("resumeCampaign", json!({})).await.data();
    assert_eq!(reported(&fresh).await, [started]);
    // Leads that come later are news to a campaign that sends, once.
    let add = "mutation($id: ID!) { addCampaignLeads(input: {campaignId: $id, filter: {}, atMost: 10000}) { count } }";
    for expected in [1, 0] {
        let added = owner.query_with(add, json!({ "id": draft })).await;
        let count = added.data()["addCampaignLeads"]["count"].as_u64();
        assert_eq!(count.map(|count| count.min(1)), Some(expected));
        let topics = reported(&fresh).await;
        let topics: Vec<_> = topics.iter().map(|(topic, _)| &**topic).collect();
        assert_eq!(topics, vec!["campaign.leads_added"; expected as usize]);
    }
    // Neither what is refused nor what is undone.
    assert_eq!(
        begin("startCampaign", json!({})).await.code(),
        "ILLEGAL_TRANSITION"
    );
    begin("pauseCampaign", json!({})).await.data();
    let undone = "mutation($id: ID!) { resumeCampaign(input: {id: $id}) { campaign { id } }
        deleteTag(input: {id: \"tag_999999999\"}) { id } }";
    assert_eq!(
        owner
            .query_with(undone, json!({ "id": draft }))
            .await
            .code(),
        "NOT_FOUND"
    );
    begin("completeCampaign", json!({})).await.data();
    assert_eq!(reported(&fresh).await, []);
}

#[test]
fn a_campaign_is_scheduled_for_a_time_to_come() {
    on_arranged(async |arranged| {
        let entry = arranged.entry("scheduleCampaign");
        for at in ["2001-01-01T00:00:00Z", &chrono::Utc::now().to_rfc3339()] {
            let answer = Call::with(entry, entry.with("/at", json!(at)))
                .send(&arranged.twins.owner())
                .await;
            let (code, argument, _) = error(&answer).unwrap_or_default();
            assert_eq!(
                (code, argument),
                ("BAD_USER_INPUT", "input.at"),
                "{:#}",
                answer.body
            );
        }
    });
}

#[test]
fn what_is_sending_is_not_deleted() {
    on_arranged(async |arranged| {
        let sending = &arranged.subjects.sending;
        let many = json!({ "filter": { "status": { "eq": "SENDING" } }, "atMost": 100 });
        for (name, input) in [
            ("deleteCampaign", json!({ "id": sending })),
            ("deleteCampaigns", many),
        ] {
            let answer = Call::with(arranged.entry(name), input)
                .send(&arranged.twins.owner())
                .await;
            assert_eq!(
                answer.code(),
                "ILLEGAL_TRANSITION",
                "{name}: {:#}",
                answer.body
            );
        }
    });
}
