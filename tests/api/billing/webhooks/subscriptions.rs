//! What becomes of a subscription, in whatever order it is told.

use serde_json::json;

use super::{END, NEXT, hear, subscription};
use crate::billing::Books;

const STANDING: &str = "status, current_period_start, current_period_end, (SELECT slug FROM plans WHERE id = plan_id) AS plan";

#[tokio::test]
async fn a_subscription_becomes_what_stripe_says_and_nobody_elses_does() {
    let books = Books::new().await;
    let before = books.subscription(books.globex, "*").await;
    hear(
        &books,
        "evt_1",
        "customer.subscription.updated",
        END + 5,
        subscription("acme", "past_due", END, NEXT),
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
    hear(
        &books,
        "evt_2",
        "customer.subscription.updated",
        END + 6,
        moved,
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
    hear(
        &books,
        "evt_2",
        kind,
        END + 20,
        subscription("acme", "active", NEXT, NEXT + 100),
    )
    .await;
    let after = books.subscription(books.acme, STANDING).await;
    // An earlier one, and one of the same second whose period is over.
    hear(
        &books,
        "evt_1",
        kind,
        END + 10,
        subscription("acme", "unpaid", END, NEXT),
    )
    .await;
    assert_eq!(books.subscription(books.acme, STANDING).await, after);
    hear(
        &books,
        "evt_3",
        kind,
        END + 20,
        subscription("acme", "active", END, NEXT),
    )
    .await;
    assert_eq!(books.subscription(books.acme, STANDING).await, after);
    // The end is for good.
    hear(
        &books,
        "evt_4",
        "customer.subscription.deleted",
        END + 30,
        subscription("acme", "canceled", NEXT, NEXT + 100),
    )
    .await;
    hear(
        &books,
        "evt_5",
        kind,
        END + 40,
        subscription("acme", "active", NEXT, NEXT + 100),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "canceled" })
    );
}
