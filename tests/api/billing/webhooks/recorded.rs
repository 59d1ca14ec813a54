//! What the platform changes by itself is in the log of acts of high risk, as what members change is.

use serde_json::{Value, json};

use super::{END, NEXT, event, hear, intent, subscription, tell};
use crate::billing::Books;

impl Books {
    /// The acts that were reported, without when they happened.
    async fn acts(&self) -> Value {
        let sql = "SELECT payload ->> 'action' AS action, payload -> 'userId' AS by, payload -> 'oldValues' AS old,
             payload -> 'newValues' AS new, payload ->> 'notes' AS notes FROM outbox WHERE topic = 'audit.recorded' ORDER BY created";
        self.rows(sql).await
    }

    async fn plan_key(&self, slug: &str) -> Value {
        let sql = format!("SELECT id FROM plans WHERE slug = '{slug}'");
        self.rows(&sql).await[0]["id"].clone()
    }
}

#[tokio::test]
async fn what_stripe_changes_is_recorded_once() {
    let books = Books::new().await;
    let kind = "customer.subscription.updated";
    let mut told = subscription("acme", "past_due", END, NEXT);
    told["cancel_at_period_end"] = json!(true);
    let event = event("evt_1", kind, END, told.clone());
    for _ in 0..2 {
        tell(&books, &event).await;
    }
    let (starter, growth) = (
        books.plan_key("starter").await,
        books.plan_key("growth").await,
    );
    assert_eq!(
        books.acts().await,
        json!([{
            "action": "subscription.changed", "by": null, "notes": format!("Stripe told it: {kind}, evt_1"),
            "old": { "plan_id": starter, "status": "active", "cancel_at_period_end": false },
            "new": { "plan_id": growth, "status": "past_due", "cancel_at_period_end": true },
        }])
    );
    // Nothing of risk in it.
    hear(&books, "evt_2", kind, END + 1, told).await;
    assert_eq!(books.acts().await.as_array().map(Vec::len), Some(1));
    let entry = books.rows("SELECT payload ->> 'resourceId' AS id, payload ->> 'resourceType' AS kind FROM outbox WHERE topic = 'audit.recorded'").await;
    assert_eq!(entry[0]["kind"], "subscriptions");
    assert!(
        entry[0]["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("sub_")),
        "{entry}"
    );
}

#[tokio::test]
async fn what_is_paid_late_or_back_is_recorded() {
    let books = Books::new().await;
    let failed = super::invoice("acme", "pi_1", 9900);
    hear(
        &books,
        "evt_1",
        "invoice.payment_failed",
        END,
        failed.clone(),
    )
    .await;
    hear(&books, "evt_2", "invoice.paid", END + 1, failed).await;
    hear(
        &books,
        "evt_3",
        "payment_intent.succeeded",
        END + 1,
        intent("acme", "pi_2", 7),
    )
    .await;
    let refund = json!({ "id": "ch_1", "customer": "cus_acme", "payment_intent": "pi_2", "amount": 7, "currency": "eur", "refunded": true });
    hear(&books, "evt_4", "charge.refunded", END + 2, refund).await;
    let acts = books.acts().await;
    let changes: Vec<Value> = acts
        .as_array()
        .expect("acts")
        .iter()
        .map(|act| json!([act["action"], act["old"]["status"], act["new"]["status"]]))
        .collect();
    assert_eq!(
        changes,
        [
            json!(["subscription.changed", "active", "past_due"]),
            json!(["subscription.changed", "past_due", "active"]),
            json!(["payment.refunded", "succeeded", "refunded"]),
        ]
    );
}

#[tokio::test]
async fn what_the_end_of_a_period_changes_is_recorded_once() {
    let books = Books::new().await;
    books.change("UPDATE subscriptions SET pending_plan_id = (SELECT id FROM plans WHERE slug = 'growth')").await;
    for _ in 0..2 {
        books.roll_over(books.acme, "2027-03-01T00:00:00Z").await;
    }
    let (starter, growth) = (
        books.plan_key("starter").await,
        books.plan_key("growth").await,
    );
    let renewed = json!({
        "action": "subscription.changed", "by": null, "notes": "its period ended at 2027-02-28T10:00:00Z",
        "old": { "plan_id": starter, "pending_plan_id": growth }, "new": { "plan_id": growth, "pending_plan_id": null },
    });
    assert_eq!(books.acts().await, json!([renewed]));
    // Another month of the same is no act.
    books.roll_over(books.acme, "2027-04-01T00:00:00Z").await;
    assert_eq!(books.acts().await, json!([renewed]));
    books
        .change("UPDATE subscriptions SET cancel_at_period_end = true")
        .await;
    books.roll_over(books.acme, "2027-05-01T00:00:00Z").await;
    let acts = books.acts().await;
    assert_eq!(
        json!([acts[1]["old"], acts[1]["new"]]),
        json!([{ "status": "active" }, { "status": "canceled" }])
    );
}
