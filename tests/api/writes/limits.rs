//! The plan's limits: exactly as many rows as it allows, however many ask at once.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::Options;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::{
    arranged::Fresh,
    ask::{Call, error},
};
use crate::isolation::twins::one;

/// Few connections, which the requests wait for.
async fn narrow() -> Fresh {
    Fresh::with(Options {
        max_connections: Some(8),
        acquire_timeout: Some(Duration::from_secs(120)),
        ..Options::default()
    })
    .await
}

/// Lets `acme` have `more` rows of a table than it has.
async fn allow(fresh: &Fresh, limit: &str, counted: &str, more: i64) -> i64 {
    let acme = "(SELECT id FROM tenants WHERE name = 'acme')";
    let used: i64 = one(
        &fresh.world,
        &format!("SELECT count(*) FROM {counted} AND tenant_id = {acme}"),
    )
    .await;
    let sql = format!(
        "DELETE FROM subscription_addons; UPDATE plans SET {limit} = {}",
        used + more
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(fresh.world.admin())
        .await
        .expect("a limit");
    used + more
}

/// Two hundred at once, of which thirty may.
async fn crowd(name: &str, limit: &str, table: &str, input: impl Fn(usize) -> Value) {
    let fresh = narrow().await;
    let counted = format!("{table} WHERE true");
    let most = allow(&fresh, limit, &counted, 30).await;
    let (owner, entry) = (fresh.world.owner("acme"), fresh.entry(name));
    let calls = (0..200).map(|number| Call::with(entry, input(number)).send(&owner));
    let answers = join_all(calls).await;
    let done = answers
        .iter()
        .filter(|answer| answer.body["errors"].is_null())
        .count();
    let codes: Vec<&str> = answers
        .iter()
        .filter_map(error)
        .map(|(code, ..)| code)
        .collect();
    assert_eq!((done, codes.len()), (30, 170));
    assert!(
        codes.iter().all(|code| *code == "PLAN_LIMIT_EXCEEDED"),
        "{codes:?}"
    );
    // All have left, none is there twice.
    assert_eq!(allow(&fresh, limit, &counted, 0).await, most);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_leads_at_once_are_as_many_as_the_plan_allows() {
    crowd(
        "createLead",
        "max_contacts",
        "leads",
        |number| json!({ "email": format!("crowd{number}@lead.test") }),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_domains_at_once_are_as_many_as_the_plan_allows() {
    crowd(
        "createDomain",
        "max_domains",
        "domains",
        |number| json!({ "domain": format!("crowd{number}.acme.test") }),
    )
    .await;
}

const LIMITS: [(&str, &str, &str, &str); 5] = [
    (
        "createLead",
        "max_contacts",
        "maxContacts",
        "leads WHERE true",
    ),
    (
        "createDomain",
        "max_domains",
        "maxDomains",
        "domains WHERE true",
    ),
    (
        "createEmailAccount",
        "max_email_accounts",
        "maxEmailAccounts",
        "email_accounts WHERE true",
    ),
    (
        "createInvitation",
        "max_users",
        "maxUsers",
        "(SELECT tenant_id FROM tenant_users WHERE deleted IS NULL UNION ALL SELECT tenant_id FROM invitations
            WHERE accepted IS NULL AND revoked IS NULL AND expires > now()) AS people WHERE true",
    ),
    (
        "createCampaign",
        "max_campaigns_per_month",
        "maxCampaignsPerMonth",
        "campaigns WHERE created >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'",
    ),
];

#[tokio::test]
async fn at_the_limit_the_answer_says_which_and_how_many() {
    for (name, column, limit, counted) in LIMITS {
        let fresh = Fresh::new().await;
        let (owner, entry) = (fresh.world.owner("acme"), fresh.entry(name));
        let most = allow(&fresh, column, counted, 0).await;
        let before = fresh.dump().await;
        let answer = Call::of(entry).send(&owner).await;
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(
            json!([
                extensions["code"],
                extensions["limit"],
                extensions["allowed"],
                extensions["used"]
            ]),
            json!(["PLAN_LIMIT_EXCEEDED", limit, most, most]),
            "{name}: {:#}",
            answer.body
        );
        assert!(extensions["plan"].is_string(), "{name}");
        before.assert_same(&fresh.dump().await, name);
        allow(&fresh, column, counted, 1).await;
        Call::of(entry).send(&owner).await.data();
    }
}

#[tokio::test]
async fn an_import_fits_wholly_or_not_at_all() {
    let fresh = Fresh::new().await;
    let (owner, entry) = (fresh.world.owner("acme"), fresh.entry("importLeads"));
    let leads: Vec<Value> = (0..10)
        .map(|number| json!({ "email": format!("new{number}@lead.test") }))
        .collect();
    let input = json!({ "leads": leads, "mode": "INSERT" });
    allow(&fresh, "max_contacts", "leads WHERE true", 9).await;
    let before = fresh.dump().await;
    let answer = Call::with(entry, input.clone()).send(&owner).await;
    assert_eq!(answer.code(), "PLAN_LIMIT_EXCEEDED", "{:#}", answer.body);
    before.assert_same(&fresh.dump().await, "importLeads");
    allow(&fresh, "max_contacts", "leads WHERE true", 10).await;
    assert_eq!(
        Call::with(entry, input.clone()).send(&owner).await.data()["it"]["created"],
        10
    );
    // At the limit those that are there may still be changed.
    let mut input = input;
    input["mode"] = json!("UPSERT");
    assert_eq!(
        Call::with(entry, input).send(&owner).await.data()["it"]["updated"],
        10
    );
}

#[tokio::test]
async fn a_plan_without_the_limit_and_a_tenant_without_a_plan_have_none() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    for (arrange, email) in [
        ("UPDATE plans SET max_contacts = NULL", "first@lead.test"),
        ("UPDATE plans SET max_contacts = 0", ""),
        ("DELETE FROM payments", ""),
        ("DELETE FROM subscription_addons", ""),
        ("DELETE FROM subscriptions", "second@lead.test"),
    ] {
        sqlx::query(arrange)
            .execute(fresh.world.admin())
            .await
            .expect(arrange);
        if !email.is_empty() {
            Call::with(fresh.entry("createLead"), json!({ "email": email }))
                .send(&owner)
                .await
                .data();
        }
    }
}

#[tokio::test]
async fn an_import_that_makes_nothing_needs_no_room() {
    let fresh = narrow().await;
    allow(&fresh, "max_contacts", "leads WHERE true", -10).await;
    let owner = fresh.world.owner("acme");
    let there = owner.data("{ leads(first: 1) { nodes { email } } }").await;
    let email = &there["leads"]["nodes"][0]["email"];
    for (mode, leads) in [
        ("UPSERT", json!([{ "email": email, "name": "Known" }])),
        ("SKIP", json!([{ "email": email }])),
        ("INSERT", json!([{ "email": "nobody" }])),
        ("INSERT", json!([])),
    ] {
        let input = json!({ "mode": mode, "leads": leads });
        let answer = Call::with(fresh.entry("importLeads"), input).send(&owner);
        answer.await.data();
    }
    let input = json!({ "mode": "UPSERT", "leads": [{ "email": "new@lead.test" }] });
    let answer = Call::with(fresh.entry("importLeads"), input).send(&owner);
    assert_eq!(answer.await.code(), "PLAN_LIMIT_EXCEEDED");
}
