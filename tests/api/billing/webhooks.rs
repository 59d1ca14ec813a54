//! `POST /webhooks/stripe`: whose word is taken, and what comes of it, in whatever order and however often it is told.

use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use gateway_tests::{Answer, World};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Books, SECRETS};

/// `t=…,v1=…` as <https://docs.stripe.com/webhooks#verify-manually> has it.
fn signature(secret: &str, at: DateTime<Utc>, body: &str) -> String {
    let at = at.timestamp();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={at},v1={hex}")
}

async fn post(world: &World, header: Option<&str>, body: &str) -> Answer {
    let client = world.anonymous();
    let mut request = client.request(Method::POST, "/webhooks/stripe");
    if let Some(header) = header {
        request = request.header("stripe-signature", header);
    }
    client.send(request.body(body.to_owned())).await
}

/// Tells an event as Stripe does, and expects that it is taken.
async fn tell(books: &Books, event: &Value) {
    let body = event.to_string();
    let header = signature(SECRETS[0], Utc::now(), &body);
    let answer = post(&books.world, Some(&header), &body).await;
    assert_eq!(
        (answer.status, &answer.body),
        (200, &json!({ "received": true })),
        "{event}"
    );
}

fn event(id: &str, kind: &str, created: i64, object: Value) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "created": created, "data": { "object": object } })
}

/// 2027-02-28T10:00:00Z, when the period of the demo's subscriptions ends.
const END: i64 = 1_803_808_800;
/// A month later.
const NEXT: i64 = END + 31 * 86_400;

fn subscription(name: &str, status: &str, start: i64, end: i64) -> Value {
    json!({
        "id": format!("sub_{name}"), "object": "subscription", "customer": format!("cus_{name}"), "status": status,
        "current_period_start": start, "current_period_end": end, "billing_cycle_anchor": start,
        "cancel_at_period_end": false, "canceled_at": null,
        "items": { "data": [{ "price": { "product": "prod_demo_growth", "recurring": { "interval": "month", "interval_count": 1 } } }] },
    })
}

fn invoice(name: &str, payment: &str, amount: i64) -> Value {
    json!({
        "id": "in_1", "object": "invoice", "customer": format!("cus_{name}"), "subscription": format!("sub_{name}"),
        "payment_intent": payment, "amount_paid": amount, "amount_due": amount, "currency": "usd",
        "lines": { "data": [{ "period": { "start": END, "end": NEXT } }] },
    })
}

fn intent(name: &str, payment: &str, amount: i64) -> Value {
    json!({ "id": payment, "object": "payment_intent", "customer": format!("cus_{name}"), "amount": amount, "currency": "eur" })
}

const STANDING: &str = "status, current_period_start, current_period_end, (SELECT slug FROM plans WHERE id = plan_id) AS plan";

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
    tell(
        &books,
        &event(
            "evt_1",
            "customer.created",
            END,
            json!({ "id": "cus_acme" }),
        ),
    )
    .await;
    tell(
        &books,
        &event("evt_2", "invoice.paid", END, invoice("nobody", "pi_1", 1)),
    )
    .await;
    assert_eq!(books.rows("SELECT * FROM stripe_events").await, json!([]));
    assert_eq!(books.rows("SELECT * FROM payments").await, json!([]));
}

#[tokio::test]
async fn a_subscription_becomes_what_stripe_says_and_nobody_elses_does() {
    let books = Books::new().await;
    let before = books.subscription(books.globex, "*").await;
    tell(
        &books,
        &event(
            "evt_1",
            "customer.subscription.updated",
            END + 5,
            subscription("acme", "past_due", END, NEXT),
        ),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, STANDING).await,
        json!({
            "status": "past_due", "plan": "growth",
            "current_period_start": "2027-02-28T10:00:00+00:00", "current_period_end": "2027-03-31T10:00:00+00:00",
        })
    );
    assert_eq!(books.subscription(books.globex, "*").await, before);
    assert_eq!(
        books.reported(books.acme, "status").await,
        [("subscription.changed".to_owned(), json!("past_due"))]
    );
    // As Stripe has it since 2025-03-31.
    let mut moved = subscription("acme", "active", END, NEXT);
    let fields = moved.as_object_mut().expect("an object");
    let (start, end) = (
        fields.remove("current_period_start"),
        fields.remove("current_period_end"),
    );
    moved["items"]["data"][0]["current_period_start"] = json!(start.map(|_| NEXT));
    moved["items"]["data"][0]["current_period_end"] = json!(end.map(|_| NEXT + 30 * 86_400));
    tell(
        &books,
        &event("evt_2", "customer.subscription.updated", END + 6, moved),
    )
    .await;
    let found = books.subscription(books.acme, STANDING).await;
    assert_eq!(
        (&found["status"], &found["current_period_start"]),
        (&json!("active"), &json!("2027-03-31T10:00:00+00:00"))
    );
}

#[tokio::test]
async fn what_comes_late_turns_nothing_back() {
    let books = Books::new().await;
    let kind = "customer.subscription.updated";
    tell(
        &books,
        &event(
            "evt_2",
            kind,
            END + 20,
            subscription("acme", "active", NEXT, NEXT + 100),
        ),
    )
    .await;
    let after = books.subscription(books.acme, STANDING).await;
    // An earlier one, and one of the same second whose period is over.
    tell(
        &books,
        &event(
            "evt_1",
            kind,
            END + 10,
            subscription("acme", "unpaid", END, NEXT),
        ),
    )
    .await;
    assert_eq!(books.subscription(books.acme, STANDING).await, after);
    tell(
        &books,
        &event(
            "evt_3",
            kind,
            END + 20,
            subscription("acme", "active", END, NEXT),
        ),
    )
    .await;
    assert_eq!(books.subscription(books.acme, STANDING).await, after);
    // The end is for good.
    tell(
        &books,
        &event(
            "evt_4",
            "customer.subscription.deleted",
            END + 30,
            subscription("acme", "canceled", NEXT, NEXT + 100),
        ),
    )
    .await;
    tell(
        &books,
        &event(
            "evt_5",
            kind,
            END + 40,
            subscription("acme", "active", NEXT, NEXT + 100),
        ),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "canceled" })
    );
}

#[tokio::test]
async fn what_is_told_twice_is_done_once() {
    let books = Books::new().await;
    let failed = event(
        "evt_1",
        "invoice.payment_failed",
        END + 5,
        invoice("acme", "pi_1", 9900),
    );
    let paid = event(
        "evt_2",
        "invoice.paid",
        END + 9,
        invoice("acme", "pi_1", 9900),
    );
    tell(&books, &failed).await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "past_due" })
    );
    tell(&books, &paid).await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "active" })
    );
    let after = books.rows("SELECT * FROM payments").await;
    let reported = books.reported(books.acme, "status").await;
    for again in [&failed, &paid, &failed] {
        tell(&books, again).await;
    }
    assert_eq!(books.rows("SELECT * FROM payments").await, after);
    assert_eq!(books.reported(books.acme, "status").await, reported);
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "active" })
    );
    assert_eq!(
        books
            .rows("SELECT amount, currency, status, period_start, subscription_id IS NOT NULL AS is_for_it FROM payments")
            .await,
        json!([{
            "amount": 9900, "currency": "USD", "status": "succeeded", "period_start": "2027-02-28T10:00:00+00:00", "is_for_it": true,
        }])
    );
}

/// The same, when all that happened is told the other way round.
#[tokio::test]
async fn invoices_may_be_told_in_any_order() {
    let books = Books::new().await;
    tell(
        &books,
        &event(
            "evt_2",
            "invoice.paid",
            END + 9,
            invoice("acme", "pi_1", 9900),
        ),
    )
    .await;
    tell(
        &books,
        &event(
            "evt_1",
            "invoice.payment_failed",
            END + 5,
            invoice("acme", "pi_1", 9900),
        ),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "active" })
    );
    assert_eq!(
        books.rows("SELECT status FROM payments").await,
        json!([{ "status": "succeeded" }])
    );
    // The next month's failed, and last month's success is heard after it.
    tell(
        &books,
        &event(
            "evt_4",
            "invoice.payment_failed",
            END + 90,
            invoice("acme", "pi_3", 9900),
        ),
    )
    .await;
    tell(
        &books,
        &event(
            "evt_3",
            "invoice.paid",
            END + 70,
            invoice("acme", "pi_2", 9900),
        ),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "past_due" })
    );
}

#[tokio::test]
async fn a_payment_only_goes_on() {
    let books = Books::new().await;
    let told = [
        ("evt_3", "payment_intent.succeeded", 3),
        ("evt_1", "payment_intent.created", 1),
        ("evt_2", "payment_intent.payment_failed", 2),
    ];
    for (id, kind, second) in told {
        tell(
            &books,
            &event(id, kind, END + second, intent("acme", "pi_9", 700)),
        )
        .await;
        assert_eq!(
            books
                .rows("SELECT amount, currency, status, tenant_id FROM payments")
                .await,
            json!([{ "amount": 700, "currency": "EUR", "status": "succeeded", "tenant_id": uuid::Uuid::from(books.acme) }]),
            "{kind}"
        );
    }
    let refund = json!({ "id": "ch_1", "customer": "cus_acme", "payment_intent": "pi_9", "amount": 700, "currency": "eur", "refunded": true });
    tell(&books, &event("evt_4", "charge.refunded", END + 4, refund)).await;
    assert_eq!(
        books.rows("SELECT status FROM payments").await,
        json!([{ "status": "refunded" }])
    );
}

#[tokio::test]
async fn nothing_is_half_written() {
    let books = Books::new().await;
    books
        .change(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died here'; END $$;
             CREATE TRIGGER die BEFORE UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION die()",
        )
        .await;
    let failed = event(
        "evt_1",
        "invoice.payment_failed",
        END + 5,
        invoice("acme", "pi_1", 9900),
    );
    let body = failed.to_string();
    let header = signature(SECRETS[0], Utc::now(), &body);
    let answer = post(&books.world, Some(&header), &body).await;
    assert_eq!((answer.status, answer.code()), (500, "INTERNAL_ERROR"));
    for table in ["payments", "stripe_events", "outbox"] {
        assert_eq!(
            books.rows(&format!("SELECT * FROM {table}")).await,
            json!([]),
            "{table}"
        );
    }
    books.change("DROP FUNCTION die() CASCADE").await;
    tell(&books, &failed).await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "past_due" })
    );
}
