//! What a subscription grants by its status and the date: nothing new once it has ended or is not paid, and what is there stays.

use gateway_tests::Answer;
use serde_json::{Value, json};

use super::{Books, plans::plans};

const USAGE: &str = "{ subscriptions { nodes { usage { domains { limit } contacts { limit } emailsSent { limit } } } } }";

impl Books {
    /// Makes a domain of `acme`'s.
    async fn make(&self, name: &str) -> Answer {
        let document = "mutation($input: CreateDomainInput!) { createDomain(input: $input) { domain { id domain } } }";
        let input = json!({ "input": { "domain": name } });
        self.world.owner("acme").query_with(document, input).await
    }

    async fn is_refused(&self, why: &str) {
        let answer = self.make("new.acme.test").await;
        let error = &answer.body["errors"][0];
        let extensions = &error["extensions"];
        assert_eq!(
            json!([extensions["code"], extensions["allowed"]]),
            json!(["PLAN_LIMIT_EXCEEDED", 0]),
            "{why}: {}",
            answer.body
        );
        let message = error["message"].as_str().expect("a message");
        assert!(message.contains("has ended or is not paid"), "{message}");
    }

    async fn limits(&self) -> Value {
        let data = self.world.owner("acme").data(USAGE).await;
        data["subscriptions"]["nodes"][0]["usage"].clone()
    }
}

#[tokio::test]
async fn who_takes_more_and_ends_at_once_has_nothing_of_it() {
    let books = Books::new().await;
    books.begin("starter").await;
    let answer = books.ask_for("scale", "NOW").await;
    assert_eq!(plans(answer), json!(["scale", null]));
    let made = books.make("kept.acme.test").await;
    let id = made.data()["createDomain"]["domain"]["id"].clone();
    books
        .ask("owner", "cancelSubscription", json!({ "when": "NOW" }))
        .await
        .data();
    books.is_refused("ended at once").await;
    assert_eq!(
        books.limits().await,
        json!({ "domains": { "limit": 0 }, "contacts": { "limit": 0 }, "emailsSent": { "limit": 0 } })
    );
    // What is there is read, and can be deleted.
    let owner = books.world.owner("acme");
    let read = "{ domains(filter: {domain: {eq: \"kept.acme.test\"}}) { nodes { id } } }";
    assert_eq!(
        owner.data(read).await["domains"]["nodes"],
        json!([{ "id": id }])
    );
    let delete = "mutation($input: DeleteDomainInput!) { deleteDomain(input: $input) { id } }";
    let answer = owner
        .query_with(delete, json!({ "input": { "id": id } }))
        .await;
    assert_eq!(answer.data()["deleteDomain"]["id"], id);
}

#[tokio::test]
async fn the_status_and_the_date_say_what_is_granted() {
    let books = Books::new().await;
    books.begin("scale").await;
    let nothing = [
        "status = 'canceled'",
        "status = 'unpaid'",
        // Nobody has ended it yet.
        "status = 'active', cancel_at_period_end = true, current_period_end = now()",
    ];
    for state in nothing {
        books
            .change(&format!("UPDATE subscriptions SET {state}"))
            .await;
        books.is_refused(state).await;
    }
    let granted = [
        "current_period_end = now() + interval '1 day'",
        "cancel_at_period_end = false, status = 'past_due'",
        // Nobody has begun the next period yet.
        "status = 'active', current_period_end = now()",
    ];
    for (number, state) in granted.into_iter().enumerate() {
        books
            .change(&format!("UPDATE subscriptions SET {state}"))
            .await;
        books.make(&format!("n{number}.acme.test")).await.data();
    }
    // One that has ended takes nothing from one that has not, however long it was to last.
    books
        .change(
            "UPDATE subscriptions SET status = 'canceled', current_period_end = '2100-01-01T00:00:00Z';
             INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end)
                 SELECT tenant_id, plan_id, now(), now() + interval '1 day' FROM subscriptions",
        )
        .await;
    books.make("beside.acme.test").await.data();
}

#[tokio::test]
async fn who_has_still_to_pay_takes_no_more_at_once() {
    let books = Books::new().await;
    books.begin("starter").await;
    books
        .change("UPDATE subscriptions SET status = 'past_due'")
        .await;
    let answer = books.ask_for("scale", "NOW").await;
    let extensions = &answer.body["errors"][0]["extensions"];
    assert_eq!(
        json!([extensions["code"], extensions["status"]]),
        json!(["ILLEGAL_TRANSITION", "PAST_DUE"]),
        "{}",
        answer.body
    );
    let answer = books.ask_for("scale", "PERIOD_END").await;
    assert_eq!(plans(answer), json!(["starter", "scale"]));
}
