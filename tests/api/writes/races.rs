//! Two at once: one wins, the other is told, and what stays is what one of them wanted.

use futures::future::join_all;
use gateway_tests::Answer;
use serde_json::{Value, json};

use super::{
    arranged::Fresh,
    ask::{Call, error},
};
use crate::isolation::twins::{one, texts};

/// Sends inputs to one mutation, all at once.
async fn at_once(fresh: &Fresh, name: &str, inputs: &[Value]) -> Vec<Answer> {
    let (owner, entry) = (fresh.world.owner("acme"), fresh.entry(name));
    join_all(
        inputs
            .iter()
            .map(|input| Call::with(entry, input.clone()).send(&owner)),
    )
    .await
}

/// One was done, all others got the code.
fn assert_one_wins(answers: &[Answer], code: &str) {
    let codes: Vec<&str> = answers
        .iter()
        .filter_map(error)
        .map(|(code, ..)| code)
        .collect();
    assert_eq!(codes, vec![code; answers.len() - 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transition_is_made_once() {
    let fresh = Fresh::new().await;
    for (name, id) in [
        ("startCampaign", &fresh.subjects.scheduled),
        ("pauseCampaign", &fresh.subjects.sending),
        ("resumeCampaign", &fresh.subjects.paused),
        ("completeCampaign", &fresh.subjects.sending),
    ] {
        let answers = at_once(&fresh, name, &vec![json!({ "id": id }); 10]).await;
        assert_one_wins(&answers, "ILLEGAL_TRANSITION");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_start_and_pause_at_once_the_state_tells_who_was_last() {
    let fresh = Fresh::new().await;
    let (owner, id) = (fresh.world.owner("acme"), &fresh.subjects.scheduled);
    for _ in 0..20 {
        let reset = "UPDATE campaigns SET status = 'scheduled' WHERE status <> 'completed'";
        sqlx::query(reset)
            .execute(fresh.world.admin())
            .await
            .expect("a state");
        let input = json!({ "id": id });
        let (start, pause) = tokio::join!(
            Call::with(fresh.entry("startCampaign"), input.clone()).send(&owner),
            Call::with(fresh.entry("pauseCampaign"), input.clone()).send(&owner)
        );
        // What is paused can not be started; what was started can be paused.
        assert!(pause.body["errors"].is_null(), "{:#}", pause.body);
        let code = error(&start).map(|(code, ..)| code);
        assert!(
            matches!(code, None | Some("ILLEGAL_TRANSITION")),
            "{:#}",
            start.body
        );
        let query = format!("{{ campaign(id: \"{id}\") {{ status }} }}");
        assert_eq!(owner.data(&query).await["campaign"]["status"], "PAUSED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_have_read_the_same_one_changes_it() {
    let fresh = Fresh::new().await;
    let id = &fresh.subjects.company;
    let query = format!("{{ company(id: \"{id}\") {{ updated }} }}");
    let read = fresh.world.owner("acme").data(&query).await["company"]["updated"].clone();
    let input = |number| json!({ "id": id, "expectedUpdated": read, "set": { "name": format!("Name {number}") } });
    let inputs: Vec<Value> = (0..10).map(input).collect();
    assert_one_wins(&at_once(&fresh, "updateCompany", &inputs).await, "STALE");
    let delete = json!({ "id": id, "expectedUpdated": read });
    let late = at_once(&fresh, "deleteCompany", &[delete]).await;
    assert_eq!(late[0].code(), "STALE");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unique_is_made_once() {
    let fresh = Fresh::new().await;
    for (name, input) in [
        ("createLead", json!({ "email": "race@lead.test" })),
        ("createDomain", json!({ "domain": "race.acme.test" })),
        (
            "createInvitation",
            json!({ "email": "race@invited.test", "roles": ["MEMBER"] }),
        ),
        (
            "createCompany",
            json!({ "name": "Race", "workspaceName": "race" }),
        ),
    ] {
        assert_one_wins(
            &at_once(&fresh, name, &vec![input; 10]).await,
            "ALREADY_EXISTS",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_domain_is_the_main_one_whoever_says_so() {
    let fresh = Fresh::new().await;
    let sql = "SELECT d.id::text FROM domains d JOIN tenants t ON t.id = d.tenant_id WHERE t.name = 'acme'";
    let domains = texts(&fresh.world, sql).await;
    let input = |id: &String| json!({ "id": id, "set": { "isPrimary": true } });
    let inputs: Vec<Value> = domains.iter().chain(&domains).map(input).collect();
    for answer in at_once(&fresh, "updateDomain", &inputs).await {
        answer.data();
    }
    let primary = format!("{sql} AND d.is_primary");
    assert_eq!(texts(&fresh.world, &primary).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_owners_who_remove_each_other_leave_one() {
    for name in ["updateTenantUser", "removeTenantUser"] {
        let fresh = Fresh::new().await;
        let promote = "UPDATE tenant_users SET roles = '{owner}' WHERE user_id IN (SELECT id FROM users WHERE email = 'admin@acme.test')";
        sqlx::query(promote)
            .execute(fresh.world.admin())
            .await
            .expect("two owners");
        let (owner, admin) = (
            fresh.world.owner("acme"),
            fresh.world.user("acme", "admin@acme.test"),
        );
        let input = async |email: &str| {
            let sql = format!("SELECT id::text FROM users WHERE email = '{email}'");
            let mut input = json!({ "id": one::<String>(&fresh.world, &sql).await });
            if name == "updateTenantUser" {
                input["roles"] = json!(["MEMBER"]);
            }
            input
        };
        let (remove_admin, remove_owner) = (
            input("admin@acme.test").await,
            input("owner@acme.test").await,
        );
        let entry = fresh.entry(name);
        let answers = tokio::join!(
            Call::with(entry, remove_admin).send(&owner),
            Call::with(entry, remove_owner).send(&admin)
        );
        let done = [&answers.0, &answers.1]
            .into_iter()
            .filter(|answer| answer.body["errors"].is_null());
        assert_eq!(
            done.count(),
            1,
            "{name}: {:#} {:#}",
            answers.0.body,
            answers.1.body
        );
        let owners = "SELECT count(*) FROM tenant_users m JOIN tenants t ON t.id = m.tenant_id \
            WHERE t.name = 'acme' AND m.deleted IS NULL AND 'owner' = ANY (m.roles)";
        assert_eq!(one::<i64>(&fresh.world, owners).await, 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_overlapping_rows_wait_for_each_other() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let query = "{ leads(first: 100) { nodes { id } } }";
    let nodes = owner.data(query).await["leads"]["nodes"].clone();
    let ids: Vec<&Value> = nodes
        .as_array()
        .expect("nodes")
        .iter()
        .map(|node| &node["id"])
        .collect();
    let input = |number: usize| {
        let mut ids: Vec<&Value> = ids[number * 4..].to_vec();
        if number % 2 == 1 {
            ids.reverse();
        }
        let selected = json!({ "id": { "in": ids } });
        json!({ "filter": selected, "set": { "company": format!("Company {number}") }, "atMost": 100 })
    };
    let inputs: Vec<Value> = (0..20).map(input).collect();
    for (number, answer) in at_once(&fresh, "updateLeads", &inputs)
        .await
        .iter()
        .enumerate()
    {
        assert_eq!(answer.data()["it"]["count"], 100 - number * 4);
    }
    let last = one::<i64>(
        &fresh.world,
        "SELECT count(DISTINCT company) FROM leads WHERE company LIKE 'Company %'",
    )
    .await;
    assert!(last >= 1, "{last}");
}
