//! What is told of subscriptions as it happens.

use gateway_tests::EventStream;
use serde_json::{Value, json};

use super::{
    Books,
    webhooks::{END, hear, invoice},
};

const ALL: &str =
    "subscription { subscriptions { change subscription { status currentPeriodEnd } } }";

fn told(status: &str, end: &str) -> Value {
    json!({ "subscriptions": { "change": "UPDATED", "subscription": { "status": status, "currentPeriodEnd": end } } })
}

#[tokio::test]
async fn each_change_and_each_payment_is_told_to_its_tenant() {
    let books = Books::new().await;
    let analyst = books.world.user("acme", "analyst@acme.test");
    let mut ours = EventStream::subscribe(&analyst, ALL).await;
    let mut theirs = EventStream::subscribe(&books.world.owner("globex"), ALL).await;
    let (first, second) = ("2027-02-28T10:00:00+00:00", "2027-03-31T10:00:00+00:00");
    let failed = invoice("acme", "pi_1", 9900);
    hear(&books, "evt_1", "invoice.payment_failed", END + 5, failed).await;
    assert_eq!(ours.data().await, told("PAST_DUE", first));
    let paid = invoice("acme", "pi_1", 9900);
    hear(&books, "evt_2", "invoice.paid", END + 9, paid).await;
    assert_eq!(ours.data().await, told("ACTIVE", first));
    assert_eq!(books.roll_over(books.acme, "2027-03-01T00:00:00Z").await, 1);
    assert_eq!(ours.data().await, told("ACTIVE", second));
    // Of the payment alone.
    let refund = json!({ "id": "ch_1", "customer": "cus_acme", "payment_intent": "pi_1", "amount": 9900, "currency": "usd", "refunded": true });
    hear(&books, "evt_3", "charge.refunded", END + 20, refund).await;
    assert_eq!(ours.data().await, told("ACTIVE", second));
    // Of all that, nothing is theirs.
    let failed = invoice("globex", "pi_2", 1);
    hear(&books, "evt_4", "invoice.payment_failed", END + 5, failed).await;
    assert_eq!(theirs.data().await, told("PAST_DUE", first));
}
