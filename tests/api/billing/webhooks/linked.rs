//! A subscription of Stripe's that nobody here has heard of: it is the customer's that has none there, or the event comes again.

use chrono::Utc;
use gateway::settings::Settings;
use gateway_tests::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{END, NEXT, event, hear, invoice, post, signature, subscription};
use crate::billing::{Books, SECRETS};

const MADE: &str = "customer.subscription.created";

impl Books {
    /// Has no subscription linked, or `acme` so many that are not.
    async fn unlinked(more: usize) -> Self {
        let books = Self::new_with(Settings {
            events_interval_seconds: Some(1),
            ..Settings::default()
        })
        .await;
        books
            .change("UPDATE subscriptions SET stripe_subscription_id = NULL")
            .await;
        for _ in 0..more {
            books
                .change(
                    "INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end)
                     SELECT tenant_id, plan_id, now(), now() + interval '1 day' FROM subscriptions
                     WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme') LIMIT 1",
                )
                .await;
        }
        books
    }

    async fn told(&self, event: &Value) -> Answer {
        let body = event.to_string();
        let header = signature(SECRETS[0], Utc::now(), &body);
        post(&self.world, Some(&header), &body).await
    }

    async fn links(&self) -> Value {
        let sql = "SELECT t.name, s.stripe_subscription_id AS id FROM subscriptions s JOIN tenants t ON t.id = s.tenant_id
             WHERE s.stripe_subscription_id IS NOT NULL ORDER BY 1, 2";
        self.rows(sql).await
    }
}

#[tokio::test]
async fn the_one_that_has_none_there_is_the_one_that_is_told_of() {
    let by_itself = subscription("acme", "past_due", END, NEXT);
    for (kind, object, status) in [
        (MADE, by_itself.clone(), "past_due"),
        ("customer.subscription.updated", by_itself, "past_due"),
    ] {
        let books = Books::unlinked(0).await;
        books.change("INSERT INTO subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
            SELECT tenant_id, plan_id, 'canceled', now() - interval '2 days', now() - interval '1 day' FROM subscriptions").await;
        hear(&books, "evt_1", kind, END, object).await;
        assert_eq!(
            books.links().await,
            json!([{ "name": "acme", "id": "sub_acme" }]),
            "{kind}"
        );
        let live = format!(
            "SELECT status FROM subscriptions WHERE status <> 'canceled' AND tenant_id = '{}'",
            Uuid::from(books.acme)
        );
        assert_eq!(
            books.rows(&live).await,
            json!([{ "status": status }]),
            "{kind}"
        );
    }
}

/// It may be for one that ended years ago.
#[tokio::test]
async fn a_bill_links_nothing_and_comes_again() {
    let books = Books::unlinked(0).await;
    let bill = event("evt_1", "invoice.paid", END, invoice("acme", "pi_1", 9900));
    let answer = books.told(&bill).await;
    assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
    assert_eq!(books.links().await, json!([]));
    assert_eq!(books.rows("SELECT * FROM payments").await, json!([]));
    let made = subscription("acme", "active", END, NEXT);
    hear(&books, "evt_2", MADE, END, made).await;
    assert_eq!(books.told(&bill).await.status, 200);
    let paid = "SELECT status, subscription_id IS NOT NULL AS is_for_it FROM payments";
    assert_eq!(
        books.rows(paid).await,
        json!([{ "status": "succeeded", "is_for_it": true }])
    );
}

#[tokio::test]
async fn where_several_may_be_meant_the_event_comes_again() {
    let books = Books::unlinked(1).await;
    let made = event(
        "evt_1",
        MADE,
        END,
        subscription("acme", "past_due", END, NEXT),
    );
    let failed = event(
        "evt_2",
        "invoice.payment_failed",
        END,
        invoice("acme", "pi_1", 1),
    );
    for told in [&made, &failed, &made] {
        let answer = books.told(told).await;
        assert_eq!((answer.status, answer.code()), (404, "NOT_FOUND"));
    }
    assert_eq!(books.links().await, json!([]));
    for table in ["stripe_events", "payments", "outbox"] {
        let rows = books.rows(&format!("SELECT * FROM {table}")).await;
        assert_eq!(rows, json!([]), "{table}");
    }
    let seen = "SELECT tenant_id, severity FROM admin_system_events WHERE event_type = 'subscription_unlinked'";
    for _ in 0..1500 {
        if books.rows(seen).await != json!([]) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let acme = Uuid::from(books.acme);
    assert_eq!(
        books.rows(seen).await,
        json!([{ "tenant_id": acme, "severity": "high" }])
    );
    // Somebody says which.
    books
        .change(&format!(
            "UPDATE subscriptions SET stripe_subscription_id = 'sub_acme' WHERE tenant_id = '{acme}' AND id = (SELECT min(id::text)::uuid FROM subscriptions WHERE tenant_id = '{acme}')"
        ))
        .await;
    for told in [&made, &failed] {
        assert_eq!(books.told(told).await.status, 200);
    }
    let taken = books.rows("SELECT id FROM stripe_events ORDER BY 1").await;
    assert_eq!(taken, json!([{ "id": "evt_1" }, { "id": "evt_2" }]));
}

#[tokio::test]
async fn what_has_ended_is_linked_to_nothing() {
    let books = Books::unlinked(0).await;
    let over = subscription("acme", "canceled", END, NEXT);
    hear(&books, "evt_1", "customer.subscription.deleted", END, over).await;
    assert_eq!(books.links().await, json!([]));
    let standing = books.subscription(books.acme, "status").await;
    assert_eq!(standing, json!({ "status": "active" }));
}

/// The same whatever the gateway says: its work links a subscription once.
#[tokio::test]
async fn a_link_is_never_another() {
    let books = Books::new().await;
    let acme = Uuid::from(books.acme);
    let try_as_worker = async |sql: &str| {
        let mut transaction = books.world.admin().begin().await.expect("a transaction");
        let role = format!(
            "SET LOCAL ROLE gateway_worker; SELECT set_config('app.current_tenant_id', '{acme}', true)"
        );
        let begun = sqlx::raw_sql(sqlx::AssertSqlSafe(role)).execute(&mut *transaction);
        begun.await.expect("a role");
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let done = sqlx::raw_sql(sql).execute(&mut *transaction).await;
        done.map(|done| done.rows_affected())
            .map_err(|error| error.to_string())
    };
    let other = try_as_worker("UPDATE subscriptions SET stripe_subscription_id = 'sub_x'").await;
    let error = other.expect_err("it is linked");
    assert!(error.contains("linked to another one"), "{error}");
    let same = try_as_worker("UPDATE subscriptions SET stripe_subscription_id = 'sub_acme'").await;
    assert_eq!(same, Ok(1));
    let bought = try_as_worker("UPDATE subscriptions SET billing_contact_user_id = NULL").await;
    let error = bought.expect_err("it is not the work's to change");
    assert!(error.contains("permission denied"), "{error}");
}
