//! Whose word is taken.

use chrono::{TimeDelta, Utc};
use gateway::{auth::SecurityEventKind as Kind, settings::Settings};
use gateway_tests::World;
use reqwest::Method;
use serde_json::json;

use super::{END, NEXT, event, hear, invoice, post, signature, subscription};
use crate::billing::{Books, SECRETS};

#[tokio::test]
async fn what_is_not_signed_is_not_heard() {
    let books = Books::new().await;
    let world = &books.world;
    let body = event(
        "evt_1",
        "customer.subscription.deleted",
        END,
        subscription("acme", "canceled", END, NEXT),
    )
    .to_string();
    let now = Utc::now();
    let good = signature(SECRETS[0], now, &body);
    let (time, tag) = good.split_once(',').expect("two parts");
    let far = TimeDelta::minutes(6);
    let before = books.subscription(books.acme, "*").await;
    for (header, sent) in [
        (None, body.clone()),
        (Some(String::new()), body.clone()),
        (Some(time.to_owned()), body.clone()),
        (Some(tag.to_owned()), body.clone()),
        (Some(format!("{time},v0={}", &tag[3..])), body.clone()),
        (Some(format!("{time},v1=00{}", &tag[5..])), body.clone()),
        (Some(good.clone()), body.replace("acme", "globex")),
        (Some(good.clone()), format!("{body} ")),
        (Some(signature("whsec_else", now, &body)), body.clone()),
        (Some(signature(SECRETS[0], now - far, &body)), body.clone()),
        (Some(signature(SECRETS[0], now + far, &body)), body.clone()),
        (Some(good.replace("t=", "t=1")), body.clone()),
    ] {
        let answer = post(world, header.as_deref(), &sent).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_SIGNATURE"),
            "{header:?}"
        );
    }
    assert_eq!(books.subscription(books.acme, "*").await, before);
    assert_eq!(books.rows("SELECT * FROM stripe_events").await, json!([]));
    // The secret before is good still, beside others that are not, and four minutes late.
    let old = signature(SECRETS[1], now - TimeDelta::minutes(4), &body);
    let (time, tag) = old.split_once(',').expect("two parts");
    let header = format!("{time},v1={},{tag},v0=1", "0".repeat(64));
    assert_eq!(post(world, Some(&header), &body).await.status, 200);
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "canceled" })
    );
}

#[tokio::test]
async fn without_a_secret_there_is_no_such_page() {
    let world = World::empty().await;
    let header = signature("", Utc::now(), "{}");
    let answer = post(&world, Some(&header), "{}").await;
    assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn what_is_no_event_is_refused_and_what_is_nothing_to_us_is_not() {
    let books = Books::new().await;
    for body in [
        "",
        "[]",
        "{}",
        r#"{"id":"evt_1","type":"invoice.paid","created":1,"data":{"object":7}}"#,
    ] {
        let header = signature(SECRETS[0], Utc::now(), body);
        let answer = post(&books.world, Some(&header), body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "BAD_REQUEST"),
            "{body}"
        );
    }
    let client = books.world.anonymous();
    let answer = client
        .send(client.request(Method::GET, "/webhooks/stripe"))
        .await;
    assert_eq!((answer.status, answer.code()), (405, "METHOD_NOT_ALLOWED"));
    hear(
        &books,
        "evt_1",
        "customer.created",
        END,
        json!({ "id": "cus_acme" }),
    )
    .await;
    hear(
        &books,
        "evt_2",
        "invoice.paid",
        END,
        invoice("nobody", "pi_1", 1),
    )
    .await;
    assert_eq!(books.rows("SELECT * FROM stripe_events").await, json!([]));
    assert_eq!(books.rows("SELECT * FROM payments").await, json!([]));
}

#[tokio::test]
async fn an_event_of_the_test_mode_is_refused_but_where_it_is_let_in() {
    for (lets_in, status) in [(None, 400), (Some(true), 200)] {
        let books = Books::new_with(Settings {
            stripe_test_events: lets_in,
            ..Settings::default()
        })
        .await;
        let ended = subscription("acme", "canceled", END, NEXT);
        let kind = "customer.subscription.deleted";
        let mut test = event("evt_1", kind, END, ended);
        test["livemode"] = json!(false);
        let body = test.to_string();
        let header = signature(SECRETS[0], Utc::now(), &body);
        let answer = post(&books.world, Some(&header), &body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let standing = books.subscription(books.acme, "status").await;
        if status == 200 {
            assert_eq!(standing, json!({ "status": "canceled" }));
            continue;
        }
        assert_eq!(answer.code(), "BAD_REQUEST");
        let message = answer.body["errors"][0]["message"].as_str();
        assert!(message.is_some_and(|message| message.contains("GATEWAY_STRIPE_TEST_EVENTS")));
        assert_eq!(standing, json!({ "status": "active" }));
        assert_eq!(books.rows("SELECT * FROM stripe_events").await, json!([]));
    }
}

#[tokio::test]
async fn who_signs_wrongly_again_and_again_is_turned_away_and_what_is_signed_well_is_not() {
    let books = Books::new_with(Settings {
        max_auth_failures: Some(2),
        ..Settings::default()
    })
    .await;
    let body = event(
        "evt_1",
        "customer.created",
        END,
        json!({ "id": "cus_acme" }),
    )
    .to_string();
    let wrong = signature("whsec_guessed", Utc::now(), &body);
    for (status, code) in [
        (400, "BAD_SIGNATURE"),
        (400, "BAD_SIGNATURE"),
        (429, "TOO_MANY_ATTEMPTS"),
    ] {
        let answer = post(&books.world, Some(&wrong), &body).await;
        assert_eq!((answer.status, answer.code()), (status, code));
    }
    let events = books.world.security_events();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.kind, event.code))
        .collect();
    let failure = (Kind::AuthenticationFailure, "BAD_SIGNATURE");
    let suspicious = (Kind::SuspiciousActivity, "BAD_SIGNATURE");
    assert_eq!(seen, [failure, failure, suspicious, failure]);
    assert!(events.iter().all(|event| event.address.is_some()));
    let right = signature(SECRETS[0], Utc::now(), &body);
    assert_eq!(post(&books.world, Some(&right), &body).await.status, 200);
    // Nor is anybody who signs in from there.
    let owner = books.world.owner("acme");
    owner.data("{ viewer { tenant { name } } }").await;
}
