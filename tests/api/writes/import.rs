//! Many leads in one call.

use futures::future::join_all;
use gateway_tests::{Answer, Client};
use serde_json::{Value, json};

use super::{arranged::Fresh, ask::Call};
use crate::isolation::twins::{one, texts};

async fn import(fresh: &Fresh, client: &Client, input: Value) -> Answer {
    Call::with(fresh.entry("importLeads"), input)
        .send(client)
        .await
}

/// What became of them: created, updated, skipped; place and reason of those rejected.
fn told(answer: &Answer) -> Value {
    let payload = answer.data()["it"].clone();
    let rejected = payload["rejected"].as_array().expect("a list").iter();
    let rejected: Vec<Value> = rejected
        .map(|lead| json!([lead["index"], lead["reason"]]))
        .collect();
    json!([
        payload["created"],
        payload["updated"],
        payload["skipped"],
        rejected
    ])
}

/// Address, name, company, status of the leads in `in.test`.
async fn stored(fresh: &Fresh) -> Vec<String> {
    let sql = "SELECT concat_ws('|', email, coalesce(name, '-'), coalesce(company, '-'), status) FROM leads \
        WHERE email LIKE '%@in.test' ORDER BY email";
    texts(&fresh.world, sql).await
}

/// Two leads, of which one has all there is.
async fn import_two(fresh: &Fresh, owner: &Client) {
    let leads = json!([
        { "email": "a@in.test", "name": "A", "company": "Paper" },
        { "email": "b@in.test", "name": "B" },
    ]);
    let input = json!({ "leads": leads, "mode": "INSERT", "status": "REPLIED" });
    assert_eq!(
        told(&import(fresh, owner, input).await),
        json!([2, 0, 0, []])
    );
    assert_eq!(stored(fresh).await, TWO);
}

const TWO: [&str; 2] = ["a@in.test|A|Paper|replied", "b@in.test|B|-|replied"];

/// A new lead, and one that is there.
fn again(mode: &str, new: &str) -> Value {
    let there = json!({ "email": "A@In.Test", "name": mode });
    json!({ "leads": [{ "email": format!("{new}@in.test") }, there], "mode": mode })
}

#[tokio::test]
async fn what_is_there_already_is_rejected_or_passed_over() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    import_two(&fresh, &owner).await;
    let insert = import(&fresh, &owner, again("INSERT", "c")).await;
    assert_eq!(told(&insert), json!([1, 0, 0, [[1, "ALREADY_EXISTS"]]]));
    let rejected = &insert.data()["it"]["rejected"][0];
    assert_eq!(rejected["email"], "A@In.Test", "as it was given");
    assert_eq!(rejected["message"], "`input.leads.1.email` is taken");
    let skip = import(&fresh, &owner, again("SKIP", "d")).await;
    assert_eq!(told(&skip), json!([1, 0, 1, []]));
    let after = stored(&fresh).await;
    assert_eq!(after[..2], TWO, "neither changes what is there");
    assert_eq!(after[2..], ["c@in.test|-|-|active", "d@in.test|-|-|active"]);
}

#[tokio::test]
async fn what_is_there_already_is_changed_to_what_is_given() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    import_two(&fresh, &owner).await;
    let upsert = import(&fresh, &owner, again("UPSERT", "c")).await;
    assert_eq!(told(&upsert), json!([1, 1, 0, []]));
    let after = [
        "a@in.test|UPSERT|Paper|replied",
        TWO[1],
        "c@in.test|-|-|active",
    ];
    assert_eq!(stored(&fresh).await, after, "what is not given stays");
    let mut with_status = again("UPSERT", "d");
    with_status["status"] = json!("ARCHIVED");
    import(&fresh, &owner, with_status).await.data();
    let archived = [
        "a@in.test|UPSERT|Paper|archived",
        after[1],
        after[2],
        "d@in.test|-|-|archived",
    ];
    assert_eq!(stored(&fresh).await, archived);
}

#[tokio::test]
async fn what_is_wrong_with_a_lead_is_told_and_the_others_are_taken() {
    let fresh = Fresh::new().await;
    let leads = json!([
        { "email": "no address" },
        { "email": "a@in.test" },
        { "email": "b@in.test", "name": "n".repeat(201) },
        { "email": " A@IN.test " },
        { "email": "c@in.test", "company": "c\u{0}" },
        { "email": "d@in.test", "name": "", "company": " " },
        { "email": "a@in.test" },
        { "email": "b@in.test" },
    ]);
    let owner = fresh.world.owner("acme");
    let answer = import(&fresh, &owner, json!({ "leads": leads, "mode": "INSERT" })).await;
    let rejected = json!([
        [0, "INVALID"],
        [2, "INVALID"],
        [3, "REPEATED"],
        [4, "INVALID"],
        [6, "REPEATED"]
    ]);
    assert_eq!(told(&answer), json!([3, 0, 0, rejected]));
    let paths = [
        "leads.0.email",
        "leads.2.name",
        "leads.3.email",
        "leads.4.company",
        "leads.6.email",
    ];
    let data = answer.data();
    for (lead, path) in data["it"]["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .zip(paths)
    {
        let message = lead["message"].as_str().expect("a message");
        assert!(
            message.starts_with(&format!("`input.{path}` ")),
            "{message}"
        );
    }
    let emails: Vec<String> = stored(&fresh)
        .await
        .iter()
        .map(|lead| lead[..9].to_owned())
        .collect();
    assert_eq!(emails, ["a@in.test", "b@in.test", "d@in.test"]);
}

#[tokio::test]
async fn nothing_to_take_is_no_error() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let before = fresh.dump().await;
    for leads in [json!([]), json!([{ "email": "no address" }])] {
        let answer = import(&fresh, &owner, json!({ "leads": leads, "mode": "UPSERT" })).await;
        assert_eq!(told(&answer)[0], 0);
    }
    before.assert_same(&fresh.dump().await, "importLeads");
}

#[tokio::test]
async fn ten_thousand_leads_are_as_many_statements_as_one() {
    let fresh = Fresh::new().await;
    let lift = "UPDATE plans SET max_contacts = NULL";
    sqlx::query(lift)
        .execute(fresh.world.admin())
        .await
        .expect("no limit");
    let owner = fresh.world.owner("acme");
    let lead = |number: usize| json!({ "email": format!("lead.number.{number}@in.test"), "name": format!("Somebody with a name of some length {number}"), "company": "A company that makes paper and sells it in many countries" });
    let leads: Vec<Value> = (0..10_000).map(lead).collect();
    let input = |leads: &[Value]| json!({ "leads": leads, "mode": "UPSERT" });
    let one_lead = import(&fresh, &owner, input(&leads[..1])).await;
    let all = import(&fresh, &owner, input(&leads)).await;
    assert_eq!(told(&all), json!([9_999, 1, 0, []]));
    assert_eq!(all.statements(), one_lead.statements());
    // The insert, and the question for the plan's limit.
    assert_eq!(all.statements(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_of_the_same_leads_at_once_wait_for_each_other() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let lead =
        |number: usize| json!({ "email": format!("lead{number}@in.test"), "name": "Somebody" });
    let mut leads: Vec<Value> = (0..500).map(lead).collect();
    for mode in ["UPSERT", "SKIP", "INSERT"] {
        let clear = "DELETE FROM leads WHERE email LIKE '%@in.test'";
        sqlx::query(clear)
            .execute(fresh.world.admin())
            .await
            .expect("no leads");
        let calls = (0..8).map(|_| {
            leads.reverse();
            import(&fresh, &owner, json!({ "leads": leads, "mode": mode }))
        });
        let answers = join_all(calls.collect::<Vec<_>>()).await;
        let created: u64 = answers
            .iter()
            .map(|answer| answer.data()["it"]["created"].as_u64().unwrap_or_default())
            .sum();
        assert_eq!(created, 500, "{mode}");
        let there: i64 = one(
            &fresh.world,
            "SELECT count(*) FROM leads WHERE email LIKE '%@in.test'",
        )
        .await;
        assert_eq!(there, 500, "{mode}");
    }
}
