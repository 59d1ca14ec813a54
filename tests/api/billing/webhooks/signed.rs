//! Whose word is taken.

use chrono::{TimeDelta, Utc};
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
