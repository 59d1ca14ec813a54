//! `POST /webhooks/stripe`: whose word is taken, and what comes of it, in whatever order and however often it is told.

mod linked;
mod payments;
mod recorded;
mod signed;
mod subscriptions;
mod wishes;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
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
pub async fn tell(books: &Books, event: &Value) {
    let body = event.to_string();
    let header = signature(SECRETS[0], Utc::now(), &body);
    let answer = post(&books.world, Some(&header), &body).await;
    assert_eq!(
        (answer.status, &answer.body),
        (200, &json!({ "received": true })),
        "{event}"
    );
}

/// The same of an event that is told once.
pub async fn hear(books: &Books, id: &str, kind: &str, created: i64, object: Value) {
    tell(books, &event(id, kind, created, object)).await;
}

pub fn event(id: &str, kind: &str, created: i64, object: Value) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "created": created, "livemode": true, "data": { "object": object } })
}

/// 2027-02-28T10:00:00Z, when the period of the demo's subscriptions ends.
pub const END: i64 = 1_803_808_800;
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

pub fn invoice(name: &str, payment: &str, amount: i64) -> Value {
    json!({
        "id": "in_1", "object": "invoice", "customer": format!("cus_{name}"), "subscription": format!("sub_{name}"),
        "payment_intent": payment, "amount_paid": amount, "amount_due": amount, "currency": "usd",
        "lines": { "data": [{ "period": { "start": END, "end": NEXT } }] },
    })
}

fn intent(name: &str, payment: &str, amount: i64) -> Value {
    json!({ "id": payment, "object": "payment_intent", "customer": format!("cus_{name}"), "amount": amount, "currency": "eur" })
}
