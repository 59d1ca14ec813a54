//! An error anywhere undoes everything.

use migrations::Tier;
use serde_json::json;

use super::{
    arranged::{Fresh, on_arranged},
    ask::{Call, assert_undone, send},
};

#[test]
fn what_came_before_an_error_is_undone() {
    on_arranged(async |arranged| {
        let client = arranged.twins.owner();
        let taken = arranged.entry("createTag");
        for entry in &arranged.entries {
            let before = arranged.dump().await;
            let refused = taken.with("/name", json!(" "));
            let calls = [Call::of(entry), Call::with(taken, refused).named("refused")];
            let answer = send(&client, &calls).await;
            // In another database it can not be part of the same.
            let expected = match entry.tier() {
                Tier::Oltp => "BAD_USER_INPUT",
                Tier::Content | Tier::Analytics | Tier::Queue => "MIXED_TIERS",
            };
            assert_eq!(answer.code(), expected, "{}: {:#}", entry.name, answer.body);
            assert_eq!(
                answer.body["errors"][0]["path"],
                json!(["refused"]),
                "{}",
                entry.name
            );
            assert_undone(&answer, entry.name);
            before.assert_same(&arranged.dump().await, entry.name);
        }
    });
}

#[test]
fn what_comes_after_an_error_is_not_run() {
    on_arranged(async |arranged| {
        let (client, lead) = (arranged.twins.owner(), arranged.entry("createLead"));
        let calls = || [Call::of(lead), Call::of(lead).named("taken")];
        let refused = send(&client, &calls()).await;
        let [first, second] = calls();
        let after = Call::of(arranged.entry("createFolder")).named("after");
        let answer = send(&client, &[first, second, after]).await;
        let errors = answer.body["errors"].as_array().expect("errors");
        let told = errors
            .iter()
            .map(|error| (&error["path"], &error["extensions"]["code"]));
        assert!(
            told.eq([(&json!(["taken"]), &json!("ALREADY_EXISTS"))]),
            "{errors:?}"
        );
        assert_eq!(answer.statements(), refused.statements());
        assert_undone(&answer, "createLead");
    });
}

#[tokio::test]
async fn a_field_selected_twice_writes_once_and_by_two_names_twice() {
    let fresh = Fresh::new().await;
    let (owner, count) = (
        fresh.world.owner("acme"),
        "SELECT count(*) FROM folders WHERE name LIKE 'Twice%'",
    );
    let twice = r#"mutation { createFolder(input: {name: "Twice"}) { folder { id } } ...Again }
        fragment Again on Mutation { createFolder(input: {name: "Twice"}) { folder { name } } }"#;
    let folder = owner.data(twice).await["createFolder"]["folder"].clone();
    assert!(
        folder["id"].is_string() && folder["name"] == "Twice",
        "{folder}"
    );
    let made: i64 = crate::isolation::twins::one(&fresh.world, count).await;
    assert_eq!(made, 1);
    let aliases = r#"mutation { a: createFolder(input: {name: "Twice a"}) { folder { id } }
        b: createFolder(input: {name: "Twice a"}) { folder { id } } }"#;
    owner.data(aliases).await;
    let made: i64 = crate::isolation::twins::one(&fresh.world, count).await;
    assert_eq!(made, 3);
}

#[tokio::test]
async fn root_fields_see_what_those_before_them_wrote() {
    let fresh = Fresh::new().await;
    let draft = &fresh.subjects.draft;
    let query = format!(
        r#"mutation {{
            a: updateCampaign(input: {{id: "{draft}", set: {{name: "First"}}}}) {{ campaign {{ name company {{ name }} steps {{ totalCount }} }} }}
            b: updateCompany(input: {{id: "{company}", set: {{name: "Renamed"}}}}) {{ company {{ id }} }}
            c: deleteCampaignSequenceStep(input: {{id: "{step}"}}) {{ id }}
            d: updateCampaign(input: {{id: "{draft}", set: {{name: "Second"}}}}) {{ campaign {{ name company {{ name }} steps {{ totalCount }} }} }}
        }}"#,
        company = fresh.subjects.spare_company,
        step = fresh.subjects.steps[0],
    );
    let data = fresh.world.owner("acme").data(&query).await;
    let campaign = |name: &str, company: &str, steps: u32| json!({ "campaign": { "name": name, "company": { "name": company }, "steps": { "totalCount": steps } } });
    assert_eq!(
        (&data["a"], &data["d"]),
        (
            &campaign("First", "Spare", 3),
            &campaign("Second", "Renamed", 2)
        )
    );
}
