//! `admin_system_events` that come and go by themselves, and whose they are.

use std::time::Duration;

use gateway::settings::Settings;
use gateway_tests::{Capture, Client, Options, World};
use migrations::Tier;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::isolation::twins::one;

const EVENTS: &str = "query($type: String!) { adminSystemEvents(filter: {eventType: {eq: $type}}, first: 100) { nodes {
    id eventType subject severity occurrences isResolved lastSeen resolvedById tenantId } } }";
const RESOLVE: &str = "mutation($id: ID!) { it: resolveSystemEvent(input: {id: $id}) { event { id isResolved resolvedById resolvedAt } } }";

async fn world(settings: Settings) -> World {
    World::demo_with(Options {
        settings: Settings {
            events_interval_seconds: Some(1),
            ..settings
        },
        ..Options::default()
    })
    .await
}

/// The events of a type that a client sees.
async fn seen(client: &Client, event_type: &str) -> Vec<Value> {
    let mut data = client
        .data_with(EVENTS, json!({ "type": event_type }))
        .await;
    match data["adminSystemEvents"]["nodes"].take() {
        Value::Array(events) => events,
        other => panic!("{other}"),
    }
}

/// Waits until the events are so.
async fn until(client: &Client, event_type: &str, are_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    for _ in 0..1500 {
        let events = seen(client, event_type).await;
        if are_so(&events) {
            return events;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {:#?}", seen(client, event_type).await);
}

fn staff(world: &World) -> Client {
    world.staff(world.demo.as_ref().expect("a demo").staff.id)
}

fn ids(events: &[Value]) -> Vec<&str> {
    let mut ids: Vec<_> = events
        .iter()
        .filter_map(|event| event["id"].as_str())
        .collect();
    ids.sort_unstable();
    ids
}

async fn run(world: &World, tier: Tier, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql)).execute(world.admin_of(tier));
    done.await.expect("a change");
}

#[tokio::test]
async fn dead_letters_are_seen_by_staff_and_by_their_tenants_owners() {
    let world = world(Settings::default()).await;
    let (acme, globex, staff) = (world.owner("acme"), world.owner("globex"), staff(&world));
    let own = until(&acme, "dead_letters", |events| !events.is_empty()).await;
    let others = until(&globex, "dead_letters", |events| !events.is_empty()).await;
    let all = seen(&staff, "dead_letters").await;
    let mut both = [ids(&own), ids(&others)].concat();
    both.sort_unstable();
    assert_eq!(ids(&all), both);
    assert!(
        own.iter()
            .all(|event| event["severity"] == "HIGH" && event["isResolved"] == false)
    );
    let tenant = entity::id::TenantId::from(world.demo.as_ref().expect("a demo").tenants[0].id);
    assert!(
        own.iter()
            .all(|event| event["tenantId"] == tenant.to_string())
    );
    for role in ["member", "analyst", "billing"] {
        let client = world.user("acme", &format!("{role}@acme.test"));
        assert!(seen(&client, "dead_letters").await.is_empty(), "{role}");
    }
    assert_eq!(
        seen(&world.user("acme", "admin@acme.test"), "dead_letters")
            .await
            .len(),
        own.len()
    );
    // Their cause goes.
    run(
        &world,
        Tier::Queue,
        "DELETE FROM jobs WHERE status = 'failed'",
    )
    .await;
    until(&staff, "dead_letters", |events| {
        events.iter().all(|event| event["isResolved"] == true)
    })
    .await;
    assert!(
        seen(&staff, "dead_letters")
            .await
            .iter()
            .all(|event| event["resolvedById"].is_null())
    );
}

#[tokio::test]
async fn events_are_resolved_by_staff_and_by_their_tenants_owners() {
    let world = world(Settings::default()).await;
    let (acme, globex, staff) = (world.owner("acme"), world.owner("globex"), staff(&world));
    let own = until(&acme, "dead_letters", |events| events.len() > 1).await;
    let resolve = async |client: &Client, event: &Value| {
        client
            .query_with(RESOLVE, json!({ "id": event["id"] }))
            .await
    };
    assert_eq!(resolve(&globex, &own[0]).await.code(), "NOT_FOUND");
    for role in ["member", "analyst", "billing"] {
        let client = world.user("acme", &format!("{role}@acme.test"));
        assert_eq!(
            resolve(&client, &own[0]).await.code(),
            "FORBIDDEN",
            "{role}"
        );
    }
    let user = |id: uuid::Uuid| entity::id::UserId::from(id).to_string();
    let demo = world.demo.as_ref().expect("a demo");
    let by_owner = resolve(&acme, &own[0]).await.data()["it"]["event"].take();
    assert_eq!(
        (
            &by_owner["isResolved"],
            &by_owner["resolvedById"],
            by_owner["resolvedAt"].is_string()
        ),
        (
            &json!(true),
            &json!(user(demo.tenants[0].users[0].id)),
            true
        )
    );
    assert_eq!(resolve(&acme, &own[0]).await.code(), "ILLEGAL_TRANSITION");
    assert_eq!(resolve(&staff, &own[0]).await.code(), "ILLEGAL_TRANSITION");
    let by_staff = resolve(&staff, &own[1]).await.data()["it"]["event"].take();
    assert_eq!(by_staff["resolvedById"], user(demo.staff.id));
    // It is seen still, and is not opened anew.
    let seen = |events: &[Value]| {
        events.iter().any(|event| {
            event["id"] == own[0]["id"]
                && event["occurrences"].as_i64()
                    > own[0]["occurrences"].as_i64().map(|before| before + 2)
        })
    };
    let events = until(&acme, "dead_letters", seen).await;
    assert_eq!(ids(&events), ids(&own));
    // An incident of security may be about who would resolve it.
    let incident = "INSERT INTO admin_system_events (event_type, severity, description, tenant_id, subject)
        SELECT 'security_incident', 'medium', 'Many links came that are not as they were signed.', id, 'forged_link' FROM tenants WHERE name = 'acme'";
    run(&world, Tier::Oltp, incident).await;
    let incidents = until(&acme, "security_incident", |events| !events.is_empty()).await;
    let refused = resolve(&acme, &incidents[0]).await;
    assert_eq!(refused.code(), "FORBIDDEN", "{:#}", refused.body);
    let by_staff = resolve(&staff, &incidents[0]).await.data()["it"]["event"].take();
    assert_eq!(by_staff["isResolved"], true);
    // The permission is asked for by the database, too.
    let without = "DELETE FROM staff_role_permissions WHERE permission_id = (SELECT id FROM permissions WHERE name = 'events.manage')";
    run(&world, Tier::Oltp, without).await;
    let refused = resolve(&staff, &own[1]).await;
    assert_eq!(refused.code(), "FORBIDDEN");
    assert_eq!(
        refused.body["errors"][0]["message"],
        "this takes the permission events.manage"
    );
}

#[tokio::test]
async fn what_a_plan_does_not_allow_and_who_is_shut_out_become_rows_and_alerts() {
    let capture = Capture::start().await;
    let world = world(Settings {
        alert_webhook_url: Some(capture.url("http", "user").into()),
        alert_webhook_key: Some("a key of tests only, which is long enough".into()),
        alert_severity: Some(gateway::settings::AlertSeverity::Low),
        max_auth_failures: Some(2),
        trusted_proxies: Some(vec!["127.0.0.0/8".parse().expect("a network")]),
        ..Settings::default()
    })
    .await;
    let acme = world.owner("acme");
    let plan = "UPDATE plans SET max_campaigns_per_month = 0 WHERE id = (SELECT plan_id FROM subscriptions s \
        JOIN tenants t ON t.id = s.tenant_id WHERE t.name = 'acme' ORDER BY s.created DESC LIMIT 1)";
    run(&world, Tier::Oltp, plan).await;
    let create = "mutation { createCampaign(input: {name: \"One too many\"}) { campaign { id } } }";
    let refused = acme.query(create).await;
    assert_eq!(refused.code(), "PLAN_LIMIT_EXCEEDED", "{:#}", refused.body);
    let limit = &refused.body["errors"][0]["extensions"]["limit"];
    let quota = until(&acme, "quota_reached", |events| !events.is_empty()).await;
    assert_eq!(
        (&quota[0]["subject"], &quota[0]["occurrences"]),
        (limit, &json!(1))
    );
    acme.query(create).await;
    let quota = until(&acme, "quota_reached", |events| {
        events[0]["occurrences"] == 2
    })
    .await;
    assert_eq!(quota.len(), 1);
    assert!(
        seen(&world.owner("globex"), "quota_reached")
            .await
            .is_empty()
    );
    let forged = world.with_token(Some("a.b.c".to_owned()));
    for _ in 0..2 {
        let request = forged
            .request(reqwest::Method::POST, "/graphql")
            .header("x-forwarded-for", "192.0.2.1");
        forged
            .send(request.json(&json!({ "query": "{ __typename }" })))
            .await;
    }
    let staff = staff(&world);
    let incidents = until(&staff, "security_incident", |events| !events.is_empty()).await;
    assert_eq!(
        (&incidents[0]["subject"], &incidents[0]["tenantId"]),
        (&json!("repeated_failures"), &Value::Null)
    );
    assert!(seen(&acme, "security_incident").await.is_empty());
    let types = |requests: &[gateway_tests::Captured]| {
        let types = requests
            .iter()
            .map(|request| request.json()["eventType"].take());
        types
            .filter_map(|of| of.as_str().map(str::to_owned))
            .collect::<std::collections::BTreeSet<_>>()
    };
    capture
        .until(|requests| {
            let types = types(requests);
            ["quota_reached", "security_incident", "dead_letters"]
                .iter()
                .all(|of| types.contains(*of))
        })
        .await;
    assert_eq!(
        one::<i64>(
            &world,
            "SELECT count(*) FROM admin_system_events WHERE event_type = 'quota_reached'"
        )
        .await,
        1
    );
}
