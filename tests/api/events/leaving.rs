//! Events of real requests, at an analytics platform.

use std::{collections::BTreeSet, time::Duration};

use gateway::settings::Settings;
use gateway_tests::{Capture, Captured, Options, World};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::schemas::assert_documented;

/// What is in all that somebody wrote in these tests.
const MARK: &str = "Zqxjmark";

async fn world(url: String, seconds: u64) -> World {
    World::demo_with(Options {
        drain: Duration::from_secs(30),
        settings: Settings {
            events_url: Some(url.into()),
            events_interval_seconds: Some(seconds),
            max_auth_failures: Some(3),
            max_body_bytes: Some(5000),
            trusted_proxies: Some(vec!["127.0.0.0/8".parse().expect("a network")]),
            ..Settings::default()
        },
        ..Options::default()
    })
    .await
}

/// The events of what came, in either form.
fn events(requests: &[Captured]) -> Vec<(String, Map<String, Value>)> {
    let batches = requests.iter().map(Captured::json);
    let events = batches.flat_map(|body| body["batch"].as_array().cloned().expect("a batch"));
    let event = |event: Value| {
        let name = event["event"].as_str().expect("a name").to_owned();
        (
            name,
            event["properties"]
                .as_object()
                .cloned()
                .expect("properties"),
        )
    };
    events.map(event).collect()
}

/// Somebody's day: mail, leads, mistakes, attempts. Everything that is written has the mark in it.
async fn traffic(world: &World) {
    let owner = world.owner("acme");
    let leads = "mutation($input: CreateLeadInput!) { it: createLead(input: $input) { lead { id email } } }";
    let lead = json!({ "input": { "email": format!("{MARK}@lead.test"), "name": MARK } });
    owner.data_with(leads, lead).await;
    owner
        .data(&format!(
            "query {MARK} {{ {MARK}: campaigns(first: 3) {{ nodes {{ id name }} }} }}"
        ))
        .await;
    owner
        .query(&format!("{{ campaign(id: \"{MARK}\") {{ id }} }}"))
        .await;
    owner.query(&format!("{{ {MARK} }}")).await;
    let mail = owner
        .request(Method::POST, "/ingest/email")
        .header("content-type", "message/rfc822")
        .body(format!(
            "From: {MARK}@lead.test\r\nSubject: {MARK}\r\n\r\n{MARK}\r\n"
        ));
    assert_eq!(owner.send(mail).await.status, 202);
    let large = format!(
        "{{ campaigns(first: 1) {{ nodes {{ id }} }} }} # {}",
        MARK.repeat(1000)
    );
    for _ in 0..10 {
        assert_eq!(owner.query(&large).await.code(), "PAYLOAD_TOO_LARGE");
    }
    // From an address of its own, which is shut out.
    let forged = world.with_token(Some(format!("a.{MARK}.c")));
    for status in [401, 401, 401, 429] {
        let request = forged
            .request(Method::POST, "/graphql")
            .header("x-forwarded-for", "192.0.2.1");
        let answer = forged
            .send(request.json(&json!({ "query": "{ __typename }" })))
            .await;
        assert_eq!(answer.status, status);
    }
    let demo = world.demo.as_ref().expect("the demo");
    let stranger = world.client(demo.tenants[1].id, demo.tenants[0].users[0].id);
    assert_eq!(
        stranger.query("{ companies { totalCount } }").await.status,
        403
    );
    let link = world.anonymous();
    let link = link
        .send(link.request(Method::GET, &format!("/attachments/{MARK}")))
        .await;
    assert_eq!(link.status, 403);
}

const ALL: [&str; 7] = [
    "authentication_failures",
    "connection_pool_metrics",
    "error_rates",
    "pool_utilization",
    "resource_utilization",
    "suspicious_activity",
    "system_performance",
];

/// Those whose properties are so.
fn find<'e>(
    events: &'e [(String, Map<String, Value>)],
    name: &str,
    has: Value,
) -> Vec<&'e Map<String, Value>> {
    let has = has.as_object().cloned().expect("an object");
    let named = events
        .iter()
        .filter(|(found, _)| found == name)
        .map(|(_, properties)| properties);
    named
        .filter(|of| has.iter().all(|(key, value)| &of[key] == value))
        .collect()
}

fn sum(events: &[&Map<String, Value>], property: &str) -> u64 {
    events.iter().filter_map(|of| of[property].as_u64()).sum()
}

#[tokio::test]
async fn what_happens_leaves_as_documented_and_nothing_that_somebody_wrote() {
    for form in ["posthog+http", "segment+http"] {
        let capture = Capture::start().await;
        let mut world = world(capture.url(form, "the-key"), 1).await;
        traffic(&world).await;
        capture
            .until(|requests| {
                let names: BTreeSet<_> =
                    events(requests).into_iter().map(|(name, _)| name).collect();
                ALL.iter().all(|name| names.contains(*name))
            })
            .await;
        world.stop();
        // Of requests, all came: the last look is at the end.
        let requests = capture
            .until(|requests| {
                let events = events(requests);
                sum(&find(&events, "system_performance", json!({})), "requests") >= 20
            })
            .await;
        let events = events(&requests);
        for (name, properties) in &events {
            assert_documented(name, properties);
        }
        assert_told(&world, &events);
        let token = world.owner("acme").token().map(str::to_owned);
        let written = [
            MARK,
            "@",
            "lead.test",
            "campaigns",
            "192.0.2.1",
            "acme",
            "a.b.c",
            &token.expect("a token"),
        ];
        for request in &requests {
            for written in written {
                assert!(
                    !request.text.contains(written),
                    "{written:?} left in {}",
                    request.text
                );
            }
        }
    }
}

/// What the day of [`traffic`] was.
fn assert_told(world: &World, events: &[(String, Map<String, Value>)]) {
    let demo = world.demo.as_ref().expect("the demo");
    let tenant = |place: usize| entity::id::TenantId::from(demo.tenants[place].id).to_string();
    let errors = |code: &str| {
        sum(
            &find(events, "error_rates", json!({ "code": code })),
            "errors",
        )
    };
    assert_eq!(
        (errors("UNAUTHENTICATED"), errors("TOO_MANY_ATTEMPTS")),
        (3, 1)
    );
    assert_eq!((errors("PAYLOAD_TOO_LARGE"), errors("FORBIDDEN")), (10, 2));
    let failures = |tenant: Value, reason: &str| {
        let found = find(
            events,
            "authentication_failures",
            json!({ "tenant_id": tenant, "reason": reason }),
        );
        sum(&found, "failures")
    };
    assert_eq!(failures(Value::Null, "UNAUTHENTICATED"), 3);
    assert_eq!(failures(tenant(1).into(), "FORBIDDEN"), 1);
    let suspicious = |kind: &str, tenant: Value| {
        let found = find(
            events,
            "suspicious_activity",
            json!({ "kind": kind, "tenant_id": tenant }),
        );
        sum(&found, "occurrences")
    };
    assert_eq!(suspicious("forged_token", Value::Null), 3);
    assert_eq!(suspicious("repeated_failures", Value::Null), 1);
    assert_eq!(suspicious("forged_link", Value::Null), 1);
    let pools = find(
        events,
        "connection_pool_metrics",
        json!({ "tier": "oltp", "process": "serve" }),
    );
    assert!(
        sum(&pools, "acquired") >= 3 && sum(&pools, "opened") >= 1,
        "{pools:?}"
    );
    let performance = find(events, "system_performance", json!({}));
    assert!(sum(&performance, "statements") >= 3, "{performance:?}");
    let resources = find(
        events,
        "resource_utilization",
        json!({ "process": "serve" }),
    );
    assert!(sum(&resources, "resident_bytes") > 1 << 20, "{resources:?}");
}

#[tokio::test]
async fn the_last_requests_are_told_when_the_gateway_stops() {
    let capture = Capture::start().await;
    let mut world = world(capture.url("posthog+http", "key"), 3600).await;
    for _ in 0..4 {
        world
            .owner("acme")
            .data("{ companies { totalCount } }")
            .await;
    }
    assert!(capture.requests().is_empty());
    world.stop();
    let requests = capture.until(|requests| !requests.is_empty()).await;
    let events = events(&requests);
    assert_eq!(
        sum(&find(&events, "system_performance", json!({})), "requests"),
        4
    );
}
