//! What becomes of payments, and of the subscriptions that they are for, in whatever order and however often it is told.

use chrono::Utc;
use serde_json::json;

use super::{END, NEXT, event, hear, intent, invoice, post, signature, subscription, tell};
use crate::billing::{Books, SECRETS};

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
    hear(
        &books,
        "evt_2",
        "invoice.paid",
        END + 9,
        invoice("acme", "pi_1", 9900),
    )
    .await;
    hear(
        &books,
        "evt_1",
        "invoice.payment_failed",
        END + 5,
        invoice("acme", "pi_1", 9900),
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
    hear(
        &books,
        "evt_4",
        "invoice.payment_failed",
        END + 90,
        invoice("acme", "pi_3", 9900),
    )
    .await;
    hear(
        &books,
        "evt_3",
        "invoice.paid",
        END + 70,
        invoice("acme", "pi_2", 9900),
    )
    .await;
    assert_eq!(
        books.subscription(books.acme, "status").await,
        json!({ "status": "past_due" })
    );
}

/// Of the state the plan and the period count still.
#[tokio::test]
async fn a_state_that_is_older_than_an_invoice_does_not_undo_it() {
    let books = Books::new().await;
    let kind = "customer.subscription.updated";
    for (failed, state, stands) in [(true, "active", "past_due"), (false, "past_due", "active")] {
        let later = END + if failed { 20 } else { 40 };
        let (bill, id) = if failed {
            ("invoice.payment_failed", "evt_1")
        } else {
            ("invoice.paid", "evt_3")
        };
        hear(&books, id, bill, later, invoice("acme", id, 9900)).await;
        let told = subscription("acme", state, END, NEXT);
        hear(&books, &format!("{id}_before"), kind, later - 1, told).await;
        assert_eq!(
            books
                .subscription(books.acme, "status, current_period_start")
                .await,
            json!({ "status": stands, "current_period_start": "2027-02-28T10:00:00+00:00" })
        );
    }
    // A newer one does.
    let told = subscription("acme", "unpaid", END, NEXT);
    hear(&books, "evt_5", kind, END + 41, told).await;
    let found = books.subscription(books.acme, "status").await;
    assert_eq!(found, json!({ "status": "unpaid" }));
}

#[tokio::test]
async fn an_invoice_that_is_older_than_a_state_does_not_undo_it() {
    let books = Books::new().await;
    let told = subscription("acme", "active", END, NEXT);
    let kind = "customer.subscription.updated";
    hear(&books, "evt_2", kind, END + 20, told).await;
    let failed = invoice("acme", "pi_1", 9900);
    hear(&books, "evt_1", "invoice.payment_failed", END + 19, failed).await;
    let found = books.subscription(books.acme, "status").await;
    assert_eq!(found, json!({ "status": "active" }));
    // That it failed is known all the same.
    let payments = books.rows("SELECT status FROM payments").await;
    assert_eq!(payments, json!([{ "status": "failed" }]));
}

#[tokio::test]
async fn an_end_that_is_older_than_an_invoice_is_one() {
    let books = Books::new().await;
    let paid = invoice("acme", "pi_1", 9900);
    hear(&books, "evt_2", "invoice.paid", END + 20, paid).await;
    let told = subscription("acme", "canceled", END, NEXT);
    let kind = "customer.subscription.deleted";
    hear(&books, "evt_1", kind, END + 19, told).await;
    let found = books.subscription(books.acme, "status").await;
    assert_eq!(found, json!({ "status": "canceled" }));
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
        hear(&books, id, kind, END + second, intent("acme", "pi_9", 700)).await;
        assert_eq!(
            books
                .rows("SELECT amount, currency, status, tenant_id FROM payments")
                .await,
            json!([{ "amount": 700, "currency": "EUR", "status": "succeeded", "tenant_id": uuid::Uuid::from(books.acme) }]),
            "{kind}"
        );
    }
    let refund = json!({ "id": "ch_1", "customer": "cus_acme", "payment_intent": "pi_9", "amount": 700, "currency": "eur", "refunded": true });
    hear(&books, "evt_4", "charge.refunded", END + 4, refund).await;
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

/// Whose it is, the subscription says before the customer does; and an id that another tenant has, too, is another payment.
#[tokio::test]
async fn another_tenants_payment_is_not_touched() {
    let books = Books::new().await;
    let mut paid = invoice("acme", "pi_1", 9900);
    paid["customer"] = json!("cus_globex");
    hear(&books, "evt_1", "invoice.paid", END + 5, paid).await;
    let failed = intent("globex", "pi_1", 700);
    let kind = "payment_intent.payment_failed";
    hear(&books, "evt_2", kind, END + 9, failed).await;
    let payments = "SELECT t.name, p.status, p.amount FROM payments p JOIN tenants t ON t.id = p.tenant_id ORDER BY 1";
    assert_eq!(
        books.rows(payments).await,
        json!([
            { "name": "acme", "status": "succeeded", "amount": 9900 },
            { "name": "globex", "status": "failed", "amount": 700 },
        ])
    );
}
