//! Which plan a tenant has and may have, and how a subscription ends.

use entity::id::{PlanId, SubscriptionId, TypedId};
use gateway_tests::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Books;

impl Books {
    /// Sends a mutation of `acme`'s subscription as somebody, and answers with all of the answer.
    pub(super) async fn ask(&self, user: &str, mutation: &str, mut input: Value) -> Answer {
        let id: Uuid = self.key("SELECT id FROM subscriptions WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme')").await;
        input["id"] = json!(SubscriptionId::from_raw(id).to_string());
        let kind = mutation[..1].to_uppercase() + &mutation[1..];
        let document = format!(
            "mutation($input: {kind}Input!) {{ it: {mutation}(input: $input) {{ subscription {{
                status cancelAtPeriodEnd cancelReason plan {{ slug }} pendingPlan {{ slug }} }} }} }}"
        );
        let client = self.world.user("acme", &format!("{user}@acme.test"));
        client
            .query_with(&document, json!({ "input": input }))
            .await
    }

    pub(super) async fn ask_for(&self, slug: &str, when: &str) -> Answer {
        let plan = self.plan(slug).await;
        let input = json!({ "planId": plan, "when": when });
        self.ask("billing", "requestPlanChange", input).await
    }

    async fn plan(&self, slug: &str) -> String {
        let id = self
            .key(&format!("SELECT id FROM plans WHERE slug = '{slug}'"))
            .await;
        PlanId::from_raw(id).to_string()
    }

    async fn key(&self, sql: &str) -> Uuid {
        let key =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(self.world.admin());
        key.await.expect("a key")
    }

    /// Lets the running period of all subscriptions be this month's.
    pub async fn begin(&self, plan: &str) {
        self.change(&format!(
            "UPDATE subscriptions SET current_period_start = now() - interval '1 day', current_period_end = now() + interval '27 days',
                 pending_plan_id = NULL, plan_id = (SELECT id FROM plans WHERE slug = '{plan}')"
        ))
        .await;
    }
}

pub(super) fn plans(answer: Answer) -> Value {
    let subscription = &answer.data()["it"]["subscription"];
    json!([
        subscription["plan"]["slug"],
        subscription["pendingPlan"]["slug"]
    ])
}

#[tokio::test]
async fn more_may_be_had_at_once_and_less_waits() {
    let books = Books::new().await;
    books.begin("growth").await;
    let answer = books.ask_for("scale", "PERIOD_END").await;
    assert_eq!(plans(answer), json!(["growth", "scale"]));
    assert_eq!(
        plans(books.ask_for("scale", "NOW").await),
        json!(["scale", null])
    );
    let answer = books.ask_for("growth", "NOW").await;
    assert_eq!(
        (
            answer.code(),
            &answer.body["errors"][0]["extensions"]["argument"]
        ),
        ("BAD_USER_INPUT", &json!("input.when"))
    );
    assert_eq!(
        plans(books.ask_for("growth", "PERIOD_END").await),
        json!(["scale", "growth"])
    );
    // Who wants what is there takes the wish back.
    assert_eq!(
        plans(books.ask_for("scale", "PERIOD_END").await),
        json!(["scale", null])
    );
    books.ask_for("growth", "PERIOD_END").await.data();
    let end: chrono::DateTime<chrono::Utc> =
        sqlx::query_scalar("SELECT max(current_period_end) FROM subscriptions")
            .fetch_one(books.world.admin())
            .await
            .expect("an end");
    assert_eq!(
        books
            .keeping
            .roll_over(books.acme, end)
            .await
            .expect("an end"),
        1
    );
    let slug = "(SELECT slug FROM plans WHERE id = plan_id) AS plan, pending_plan_id";
    assert_eq!(
        books.subscription(books.acme, slug).await,
        json!({ "plan": "growth", "pending_plan_id": null })
    );
    let topics = books.reported(books.acme, "subscriptionId").await;
    let topics = topics.iter().map(|(topic, _)| topic.as_str());
    // Each is recorded as an act of high risk, too.
    let topics: Vec<&str> = topics
        .filter(|topic| topic.starts_with("subscription."))
        .collect();
    assert_eq!(topics.len(), 6, "{topics:?}");
    assert_eq!(topics[5], "subscription.renewed");
}

#[tokio::test]
async fn less_than_is_used_is_refused_and_says_what_is_over() {
    let books = Books::new().await;
    books.begin("scale").await;
    books.change("UPDATE plans SET max_domains = 0, max_contacts = 1, max_users = 1000, max_email_accounts = 1000, max_campaigns_per_month = 1000 WHERE slug = 'starter'").await;
    let before = books.subscription(books.acme, "*").await;
    let answer = books.ask_for("starter", "PERIOD_END").await;
    let error = &answer.body["errors"][0];
    let used = books.rows("SELECT count(*) AS n FROM domains WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme')").await;
    assert_eq!(
        json!([
            error["extensions"]["code"],
            error["extensions"]["limit"],
            error["extensions"]["allowed"],
            error["extensions"]["used"],
            error["extensions"]["plan"]
        ]),
        json!([
            "PLAN_LIMIT_EXCEEDED",
            "maxDomains",
            0,
            used[0]["n"],
            "Starter"
        ])
    );
    let message = error["message"].as_str().expect("a message");
    assert!(
        message.contains("maxDomains") && message.contains("maxContacts"),
        "{message}"
    );
    assert_eq!(books.subscription(books.acme, "*").await, before);
    books.change("UPDATE plans SET max_contacts = 1000000 WHERE slug = 'starter'; INSERT INTO subscription_addons (tenant_id, subscription_id, addon_type, quantity, price)
        SELECT tenant_id, id, 'extra_domains', 1000, 1 FROM subscriptions").await;
    assert_eq!(
        plans(books.ask_for("starter", "PERIOD_END").await),
        json!(["scale", "starter"])
    );
}

#[tokio::test]
async fn what_is_not_sold_any_more_is_its_holders_alone() {
    let books = Books::new().await;
    books.begin("starter").await;
    let seen = "{ plans(filter: {slug: {eq: \"early-bird\"}}) { nodes { slug isActive } } }";
    let owner = books.world.owner("acme");
    assert_eq!(owner.data(seen).await["plans"]["nodes"], json!([]));
    for when in ["NOW", "PERIOD_END"] {
        let answer = books.ask_for("early-bird", when).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{}", answer.body);
    }
    // The same whatever the gateway says.
    let mut login =
        crate::isolation::login::Session::with_roles(&books.world, books.acme.into(), "owner")
            .await;
    for forbidden in [
        "UPDATE subscriptions SET plan_id = '01943a6e-0000-7000-8000-000000000104'",
        "UPDATE subscriptions SET pending_plan_id = '01943a6e-0000-7000-8000-000000000104'",
        "UPDATE subscriptions SET status = 'unpaid'",
        "UPDATE subscriptions SET current_period_end = now() + interval '1 year'",
    ] {
        let done = login.attempt(forbidden).await;
        assert!(
            matches!(&done, Err((code, _)) if code == "42501"),
            "{forbidden}: {done:?}"
        );
    }
    books.begin("early-bird").await;
    assert_eq!(
        owner.data(seen).await["plans"]["nodes"],
        json!([{ "slug": "early-bird", "isActive": false }])
    );
    let end = "2100-12-15T00:00:00Z";
    books
        .change("UPDATE subscriptions SET current_period_end = '2100-12-01T00:00:00Z'")
        .await;
    assert_eq!(books.roll_over(books.acme, end).await, 1);
    assert_eq!(
        plans(books.ask_for("early-bird", "PERIOD_END").await),
        json!(["early-bird", null])
    );
}

#[tokio::test]
async fn who_cancels_may_come_back_until_the_period_ends() {
    let books = Books::new().await;
    books.begin("starter").await;
    let later = json!({ "when": "PERIOD_END", "reason": "Too much mail." });
    let answer = books
        .ask("owner", "cancelSubscription", later.clone())
        .await;
    let found = &answer.data()["it"]["subscription"];
    assert_eq!(
        json!([
            found["status"],
            found["cancelAtPeriodEnd"],
            found["cancelReason"]
        ]),
        json!(["ACTIVE", true, "Too much mail."])
    );
    let answer = books.ask("owner", "resumeSubscription", json!({})).await;
    let found = &answer.data()["it"]["subscription"];
    assert_eq!(
        json!([
            found["status"],
            found["cancelAtPeriodEnd"],
            found["cancelReason"]
        ]),
        json!(["ACTIVE", false, null])
    );
    let refused = async |mutation: &str, input: Value, status: &str| {
        let answer = books.ask("owner", mutation, input).await;
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(
            json!([extensions["code"], extensions["status"]]),
            json!(["ILLEGAL_TRANSITION", status]),
            "{mutation}: {}",
            answer.body
        );
    };
    refused("resumeSubscription", json!({}), "ACTIVE").await;
    books
        .ask("owner", "cancelSubscription", later.clone())
        .await
        .data();
    books
        .change("UPDATE subscriptions SET current_period_end = now()")
        .await;
    refused("resumeSubscription", json!({}), "ACTIVE").await;
    books
        .change("UPDATE subscriptions SET status = 'unpaid'")
        .await;
    refused("cancelSubscription", later.clone(), "UNPAID").await;
    let answer = books
        .ask("billing", "cancelSubscription", json!({ "when": "NOW" }))
        .await;
    assert_eq!(answer.data()["it"]["subscription"]["status"], "CANCELED");
    refused("cancelSubscription", json!({ "when": "NOW" }), "CANCELED").await;
    refused("resumeSubscription", json!({}), "CANCELED").await;
    let plan = books.plan("scale").await;
    refused(
        "requestPlanChange",
        json!({ "planId": plan, "when": "NOW" }),
        "CANCELED",
    )
    .await;
    assert_eq!(books.roll_over(books.acme, "2101-01-01T00:00:00Z").await, 0);
}

#[tokio::test]
async fn what_is_bought_on_top_raises_the_limit() {
    let books = Books::new().await;
    books.begin("starter").await;
    books.change("UPDATE plans SET max_domains = (SELECT count(*) FROM domains WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme'))").await;
    let create = async |name: &str| {
        let document = "mutation($input: CreateDomainInput!) { createDomain(input: $input) { domain { id } } }";
        let owner = books.world.owner("acme");
        owner
            .query_with(document, json!({ "input": { "domain": name } }))
            .await
    };
    let answer = create("one.acme.test").await;
    assert_eq!(answer.code(), "PLAN_LIMIT_EXCEEDED", "{}", answer.body);
    books.change("INSERT INTO subscription_addons (tenant_id, subscription_id, addon_type, quantity, price)
        SELECT tenant_id, id, 'extra_domains', 1, 1 FROM subscriptions").await;
    create("one.acme.test").await.data();
    assert_eq!(create("two.acme.test").await.code(), "PLAN_LIMIT_EXCEEDED");
}
