//! Who was turned away too often.

use std::{
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use gateway::{auth::SecurityEventKind as Kind, settings::Settings};
use gateway_tests::{Answer, Client, World};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::issuer::demo;

/// A gateway behind a proxy on this machine, where an address may fail twice.
async fn world() -> World {
    demo(Settings {
        max_auth_failures: Some(2),
        // What a tenant's rules say is read with its budget.
        rate_limits: Some(true),
        trusted_proxies: Some(vec!["127.0.0.0/8".parse().expect("a network")]),
        ..Settings::default()
    })
    .await
}

async fn from(client: &Client, forwarded: &str) -> Answer {
    let request = client
        .request(Method::POST, "/graphql")
        .header("x-forwarded-for", forwarded);
    let body = json!({ "query": "{ viewer { tenant { name } } }" });
    client.send(request.json(&body)).await
}

#[tokio::test]
async fn an_address_that_guesses_is_refused_and_no_other() {
    let world = world().await;
    let guess = world.with_token(Some("a.b.c".to_owned()));
    let (known, new) = (world.owner("acme"), world.owner("globex"));
    assert_eq!(from(&known, "192.0.2.1").await.status, 200);
    for _ in 0..2 {
        assert_eq!(from(&guess, "192.0.2.1").await.status, 401);
    }
    let refused = from(&guess, "192.0.2.1").await;
    assert_eq!((refused.status, refused.code()), (429, "TOO_MANY_ATTEMPTS"));
    let wait: u64 = refused.headers["retry-after"]
        .to_str()
        .expect("text")
        .parse()
        .expect("seconds");
    assert!((1..=900).contains(&wait), "{wait}");
    // Also with a token that may be good: it is not looked at. One that was good before is no guess.
    assert_eq!(from(&new, "192.0.2.1").await.status, 429);
    assert_eq!(from(&known, "192.0.2.1").await.status, 200);
    assert_eq!(from(&new, "192.0.2.2").await.status, 200);
    // Only the last address, the one that the proxy saw, counts: the others anybody can write.
    assert_eq!(from(&guess, "192.0.2.2, 192.0.2.1").await.status, 429);
    assert_eq!(from(&guess, "192.0.2.1, 192.0.2.3").await.status, 401);
    assert_eq!(from(&guess, "192.0.2.1, 127.0.0.2").await.status, 429);
    assert_eq!(from(&guess, "192.0.2.1:4711").await.status, 429);
}

#[tokio::test]
async fn each_failure_is_an_event_and_the_last_one_is_suspicious() {
    let world = world().await;
    let demo = world.demo.clone().expect("a demo");
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let guess = world.with_token(Some("a.b.c".to_owned()));
    let stranger = world.client(globex.id, acme.users[0].id);
    let first = from(&guess, "192.0.2.1").await;
    from(&stranger, "192.0.2.1").await;
    let events = world.security_events();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.kind, event.code, event.tenant, event.user))
        .collect();
    let (tenant, user) = (Some(globex.id.into()), Some(acme.users[0].id.into()));
    assert_eq!(
        seen,
        [
            (Kind::AuthenticationFailure, "UNAUTHENTICATED", None, None),
            (Kind::AuthenticationFailure, "FORBIDDEN", tenant, user),
            (Kind::SuspiciousActivity, "FORBIDDEN", tenant, user),
        ]
    );
    assert_eq!(events[0].address, "192.0.2.1".parse().ok());
    assert_eq!(
        events[0].request,
        first.headers["x-request-id"].to_str().expect("text")
    );
    // Nobody who only has to sign in, or asks for what is not there, is an event.
    from(&world.anonymous(), "192.0.2.9").await;
    world.owner("acme").query("{ nothing }").await;
    assert_eq!(world.security_events().len(), 3);
}

/// As the tenant's policy says, once one of its members has asked anything.
#[tokio::test]
async fn how_often_a_user_may_be_refused_is_the_tenants_to_say() {
    let world = world().await;
    let demo = world.demo.clone().expect("a demo");
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let change = "UPDATE tenant_policies SET max_login_attempts = 2 WHERE tenant_id = $1";
    let done = sqlx::query(change).bind(globex.id).execute(world.admin());
    done.await.expect("a change");
    let companies = "{ companies { totalCount } }";
    world.owner("globex").data(companies).await;
    // It is read after the answer.
    let until = Instant::now() + Duration::from_secs(20);
    while statuses(&world, globex.id, Uuid::now_v7()).await != [403, 403, 429] {
        assert!(Instant::now() < until, "it is never read");
    }
    // The other tenant's policy says nothing of it.
    let statuses = statuses(&world, acme.id, globex.users[0].id).await;
    assert_eq!(statuses, [403; 3]);
}

/// What three requests of a user in a tenant are answered with, each from another address.
async fn statuses(world: &World, tenant: Uuid, user: Uuid) -> Vec<u16> {
    static ADDRESSES: AtomicU16 = AtomicU16::new(0);
    let client = world.client(tenant, user);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let [high, low] = ADDRESSES.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        statuses.push(from(&client, &format!("198.18.{high}.{low}")).await.status);
    }
    statuses
}

/// A member who is none any more, from wherever.
#[tokio::test]
async fn a_user_who_is_no_member_is_refused_in_that_tenant_only() {
    let world = world().await;
    let demo = world.demo.clone().expect("a demo");
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let stranger = world.client(globex.id, acme.users[0].id);
    for number in 0..5 {
        let answer = from(&stranger, &format!("192.0.2.{number}")).await;
        assert_eq!(answer.status, 403, "{number}");
    }
    assert_eq!(from(&stranger, "192.0.2.100").await.status, 429);
    assert_eq!(from(&world.owner("acme"), "192.0.2.100").await.status, 200);
    assert_eq!(
        from(&world.owner("globex"), "192.0.2.100").await.status,
        200
    );
}
