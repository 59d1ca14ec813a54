//! What was asked for here and Stripe has not heard of yet: what Stripe repeats takes nothing of it back.

use serde_json::{Value, json};

use super::{END, NEXT, hear, subscription};
use crate::billing::Books;

const KIND: &str = "customer.subscription.updated";
const WISH: &str = "cancel_at_period_end AS ends, cancel_reason AS reason, cancel_date IS NOT NULL AS is_dated, \
    (SELECT slug FROM plans WHERE id = plan_id) AS plan";

impl Books {
    /// The running period is Stripe's, which has said so of Starter.
    async fn heard(&self) {
        hear(
            self,
            "evt_0",
            "customer.subscription.created",
            END,
            told(false, "starter"),
        )
        .await;
    }

    async fn wish(&self) -> Value {
        self.subscription(self.acme, WISH).await
    }

    async fn end_later(&self) {
        let input = json!({ "when": "PERIOD_END", "reason": "Too much mail." });
        self.ask("owner", "cancelSubscription", input).await.data();
    }
}

/// When the period ends that begins with [`END`]: who has it may come back until then, whenever the tests are run.
const LATE: i64 = 4_102_444_800;

/// The subscription of that period.
fn told(ends: bool, product: &str) -> Value {
    let mut told = subscription("acme", "active", END, LATE);
    told["cancel_at_period_end"] = json!(ends);
    told["canceled_at"] = json!(ends.then_some(END + 1));
    told["cancellation_details"] = json!({ "reason": ends.then_some("cancellation_requested") });
    told["items"]["data"][0]["price"]["product"] = json!(format!("prod_demo_{product}"));
    told
}

fn wished(ends: bool, plan: &str) -> Value {
    json!({ "ends": ends, "reason": ends.then_some("Too much mail."), "is_dated": ends, "plan": plan })
}

#[tokio::test]
async fn a_wish_stays_until_stripe_has_heard_of_it_in_whatever_order() {
    let repeated = ("evt_1", END + 10, told(false, "starter"));
    let confirmed = ("evt_2", END + 20, told(true, "scale"));
    for order in [[&repeated, &confirmed], [&confirmed, &repeated]] {
        let books = Books::new().await;
        books.heard().await;
        books.ask_for("scale", "NOW").await.data();
        books.end_later().await;
        for (id, created, object) in order {
            hear(&books, id, KIND, *created, object.clone()).await;
            assert_eq!(books.wish().await, wished(true, "scale"), "{id}");
        }
        // Back here, and Stripe repeats that it ends; then it has heard, and then the customer ends it there.
        books
            .ask("owner", "resumeSubscription", json!({}))
            .await
            .data();
        hear(&books, "evt_3", KIND, END + 30, told(true, "scale")).await;
        assert_eq!(books.wish().await, wished(false, "scale"));
        hear(&books, "evt_4", KIND, END + 40, told(false, "scale")).await;
        assert_eq!(books.wish().await, wished(false, "scale"));
        hear(&books, "evt_5", KIND, END + 50, told(true, "growth")).await;
        let there = books.wish().await;
        assert_eq!(
            there,
            json!({ "ends": true, "reason": "cancellation_requested", "is_dated": true, "plan": "growth" })
        );
        hear(&books, "evt_6", KIND, END + 60, told(false, "growth")).await;
        assert_eq!(books.wish().await, wished(false, "growth"));
    }
}

#[tokio::test]
async fn a_plan_that_waits_begins_with_the_period_whoever_says_that_it_has_begun() {
    let books = Books::new().await;
    books.heard().await;
    books.ask_for("growth", "PERIOD_END").await.data();
    let pending =
        "(SELECT slug FROM plans WHERE id = plan_id) AS plan, pending_plan_id IS NOT NULL AS waits";
    hear(&books, "evt_1", KIND, END + 1, told(false, "starter")).await;
    assert_eq!(
        books.subscription(books.acme, pending).await,
        json!({ "plan": "starter", "waits": true })
    );
    let mut next = told(false, "starter");
    next["current_period_start"] = json!(LATE);
    next["current_period_end"] = json!(LATE + 86_400);
    hear(&books, "evt_2", KIND, END + 2, next).await;
    assert_eq!(
        books.subscription(books.acme, pending).await,
        json!({ "plan": "growth", "waits": false })
    );
}

/// Of rows that were there before Stripe was listened to, an event itself says what it changed.
#[tokio::test]
async fn who_hears_of_it_for_the_first_time_believes_what_has_changed() {
    let books = Books::new().await;
    books.change("UPDATE subscriptions SET current_period_start = now(), current_period_end = '2100-01-01T00:00:00Z'").await;
    books.ask_for("scale", "NOW").await.data();
    books.end_later().await;
    let tell = async |id: &str, object: Value, previous: Value| {
        let mut event = super::event(id, KIND, END, object);
        event["data"]["previous_attributes"] = previous;
        super::tell(&books, &event).await;
    };
    let forget =
        "UPDATE subscriptions SET stripe_cancel_at_period_end = NULL, stripe_product_id = NULL";
    let card = json!({ "default_payment_method": "pm_1" });
    tell("evt_1", told(false, "starter"), card).await;
    assert_eq!(books.wish().await, wished(true, "scale"));
    books.change(forget).await;
    let back = json!({ "cancel_at_period_end": true });
    tell("evt_2", told(false, "starter"), back).await;
    assert_eq!(books.wish().await, wished(false, "scale"));
    books.change(forget).await;
    let other = json!({ "items": { "data": [{ "price": { "product": "prod_demo_growth" } }] } });
    tell("evt_3", told(false, "starter"), other).await;
    assert_eq!(books.wish().await, wished(false, "starter"));
}

const CYCLE: &str = "current_period_start, cycle_anchor, period_months";

#[tokio::test]
async fn a_period_that_is_over_says_nothing_of_the_next() {
    let books = Books::new().await;
    hear(
        &books,
        "evt_1",
        KIND,
        END + 1,
        subscription("acme", "active", NEXT, NEXT + 86_400),
    )
    .await;
    let before = books.subscription(books.acme, CYCLE).await;
    let mut old = subscription("acme", "active", END, NEXT);
    old["items"]["data"][0]["price"]["recurring"]["interval"] = json!("year");
    hear(&books, "evt_2", KIND, END + 2, old).await;
    assert_eq!(books.subscription(books.acme, CYCLE).await, before);
}

#[tokio::test]
async fn of_one_second_that_it_was_made_is_the_first() {
    let books = Books::new().await;
    let made = subscription("acme", "incomplete", END, NEXT);
    for (id, kind, object) in [
        ("evt_2", KIND, subscription("acme", "active", END, NEXT)),
        ("evt_1", "customer.subscription.created", made),
    ] {
        hear(&books, id, kind, END, object).await;
        assert_eq!(
            books.subscription(books.acme, "status").await,
            json!({ "status": "active" }),
            "{id}"
        );
    }
}

#[tokio::test]
async fn weeks_are_not_rolled_over_as_months() {
    let books = Books::new().await;
    let week = |start: i64| {
        let mut told = subscription("acme", "active", start, start + 7 * 86_400);
        told["items"]["data"][0]["price"]["recurring"] =
            json!({ "interval": "week", "interval_count": 1 });
        told
    };
    hear(&books, "evt_1", KIND, END, week(END)).await;
    let first = books.subscription(books.acme, CYCLE).await;
    assert_eq!(
        (&first["period_months"], &first["current_period_start"]),
        (&json!(0), &json!("2027-02-28T10:00:00+00:00"))
    );
    // It goes on when Stripe says so.
    assert_eq!(books.roll_over(books.acme, "2027-06-01T00:00:00Z").await, 0);
    assert_eq!(books.subscription(books.acme, CYCLE).await, first);
    hear(&books, "evt_2", KIND, END + 9, week(END + 7 * 86_400)).await;
    let next = books.subscription(books.acme, CYCLE).await;
    assert_eq!(next["current_period_start"], "2027-03-07T10:00:00+00:00");
    // That it ends is known here, too.
    let mut last = week(END + 7 * 86_400);
    last["cancel_at_period_end"] = json!(true);
    hear(&books, "evt_3", KIND, END + 19, last).await;
    assert_eq!(books.roll_over(books.acme, "2027-06-01T00:00:00Z").await, 1);
    let status = books.subscription(books.acme, "status").await;
    assert_eq!(status, json!({ "status": "canceled" }));
    // Months are months again.
    hear(
        &books,
        "evt_4",
        KIND,
        END + 20,
        subscription("globex", "active", END, NEXT),
    )
    .await;
    let other = books.subscription(books.globex, "period_months").await;
    assert_eq!(other, json!({ "period_months": 1 }));
}
