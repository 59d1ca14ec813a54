//! What a tenant uses of its plan.

use analytics::Analytics;
use gateway_tests::{analytics, roll_up};
use migrations::Tier;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::Books;

const USAGE: &str = "{ subscriptions { nodes { usage { users { used limit } domains { used limit } campaignsThisMonth { used limit }
    emailAccounts { used limit } contacts { used limit } warmups { used limit } emailsSent { used limit } storage { usedBytes limitBytes } } } } }";

#[tokio::test]
async fn usage_says_how_much_of_what_is_used() {
    let books = Books::new().await;
    books.begin("growth").await;
    let content = books.world.admin_of(migrations::Tier::Content);
    let sent = "UPDATE email_messages SET sent = NULL;
        WITH chosen AS (SELECT id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS place FROM email_messages WHERE direction = 'outbound')
        UPDATE email_messages m SET sent = CASE WHEN place <= 4 THEN now() ELSE now() - interval '2 days' END FROM chosen WHERE chosen.id = m.id AND place <= 7";
    sqlx::raw_sql(sent)
        .execute(content)
        .await
        .expect("messages");
    books.change("INSERT INTO subscription_addons (tenant_id, subscription_id, addon_type, quantity, price)
        SELECT s.tenant_id, s.id, kind, count, 1 FROM subscriptions s, (VALUES ('extra_emails', 1000), ('extra_emails', 500), ('extra_domains', 3), ('extra_storage_gb', 2), ('dedicated_ip', 9)) AS a (kind, count)").await;
    let count = async |from: &str| {
        let sql = format!(
            "SELECT count(*) AS n FROM {from} AND tenant_id = (SELECT id FROM tenants WHERE name = 'acme')"
        );
        books.rows(&sql).await[0]["n"].clone()
    };
    let data = books.world.owner("acme").data(USAGE).await;
    let allowed = &books
        .rows("SELECT max_warmups, max_storage_gb FROM plans WHERE slug = 'growth'")
        .await[0];
    let (warmups, gigabytes) = (
        allowed["max_warmups"].clone(),
        allowed["max_storage_gb"].as_i64().expect("a limit"),
    );
    let tenant = uuid::Uuid::from(books.acme);
    let sizes =
        "SELECT (SELECT sum(compressed_size_bytes) FROM email_content WHERE tenant_id = $1)::bigint
        + (SELECT sum(size_bytes) FROM attachments WHERE tenant_id = $1)::bigint";
    let stored: i64 = sqlx::query_scalar(sizes)
        .bind(tenant)
        .fetch_one(content)
        .await
        .expect("sizes");
    assert!(stored > 0, "there is mail");
    let people = count("(SELECT tenant_id FROM tenant_users WHERE deleted IS NULL UNION ALL SELECT tenant_id FROM invitations
        WHERE accepted IS NULL AND revoked IS NULL AND expires > now()) AS people WHERE true").await;
    assert_eq!(
        data["subscriptions"]["nodes"],
        json!([{ "usage": {
            "users": { "used": people, "limit": 10 },
            "domains": { "used": count("domains WHERE true").await, "limit": 13 },
            "campaignsThisMonth": { "used": count("campaigns WHERE created >= date_trunc('month', now())").await, "limit": 50 },
            "emailAccounts": { "used": count("email_accounts WHERE true").await, "limit": 30 },
            "contacts": { "used": count("leads WHERE true").await, "limit": 25_000 },
            "warmups": { "used": count("domain_ip_assignments WHERE status IN ('active', 'warming') AND warmup_state = 'warming'").await, "limit": warmups },
            "emailsSent": { "used": 4, "limit": 51_500 },
            "storage": { "usedBytes": stored, "limitBytes": (gigabytes + 2) * 1_000_000_000 },
        } }])
    );
    books.begin("scale").await;
    let data = books.world.owner("acme").data(USAGE).await;
    let usage = &data["subscriptions"]["nodes"][0]["usage"];
    assert_eq!(
        json!([usage["domains"]["limit"], usage["emailsSent"]["limit"]]),
        json!([null, 501_500])
    );
}

/// The demo with what counts, and `acme` half a world away, in a period that begins and ends in the middle of a day.
struct Sent {
    books: Books,
    analytics: Analytics,
    /// When the period began, as SQL: a literal, since `now()` is another minute in a later statement.
    start: String,
}

impl Sent {
    async fn new() -> Self {
        let books = Books::new().await;
        let start = "SELECT quote_literal(date_trunc('minute', now()) - interval '5 days 5 hours') || '::timestamptz' AS start";
        let start = books.rows(start).await[0]["start"]
            .as_str()
            .expect("a moment")
            .to_owned();
        books
            .change(&format!(
                "UPDATE tenant_config SET ui_settings = '{{\"time_zone\": \"Pacific/Auckland\"}}';
                 UPDATE subscriptions SET current_period_start = {start}, current_period_end = {start} + interval '1 month'"
            ))
            .await;
        let (analytics, _) = analytics(&books.world.database, 100).await;
        let sent = Self {
            books,
            analytics,
            start,
        };
        sent.run("UPDATE email_messages SET sent = NULL").await;
        sent
    }

    async fn run(&self, sql: &str) {
        let content = self.books.world.admin_of(Tier::Content);
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(content);
        done.await.expect("messages");
    }

    /// Sends one of the messages, at a moment.
    async fn send(&self, place: u32, at: &str) {
        self.run(&self.sending(place, at)).await;
    }

    fn sending(&self, place: u32, at: &str) -> String {
        let tenant = uuid::Uuid::from(self.books.acme);
        format!(
            "UPDATE email_messages SET sent = {at} WHERE id = (SELECT id FROM email_messages
                WHERE tenant_id = '{tenant}' AND direction = 'outbound' ORDER BY id OFFSET {place} LIMIT 1)"
        )
    }

    async fn roll_up(&self) {
        roll_up(&self.analytics, self.books.acme).await;
    }

    /// What the API says.
    async fn used(&self) -> i64 {
        let owner = self.books.world.owner("acme");
        let data = owner
            .data("{ subscriptions { nodes { usage { emailsSent { used } } } } }")
            .await;
        let used = &data["subscriptions"]["nodes"][0]["usage"]["emailsSent"]["used"];
        used.as_i64().expect("a number")
    }

    /// Expects so many, now and when all is counted.
    async fn expect(&self, count: i64, why: &str) {
        assert_eq!(self.used().await, count, "{why}, and not counted");
        self.roll_up().await;
        assert_eq!(self.used().await, count, "{why}, and counted");
    }
}

#[tokio::test]
async fn what_was_sent_is_known_at_once_and_stays_known() {
    let sent = Sent::new().await;
    sent.expect(0, "nothing is sent").await;
    for place in 0..3 {
        sent.send(place, "now()").await;
    }
    sent.expect(3, "three are sent").await;
    sent.send(3, "now()").await;
    sent.send(4, "now() - interval '2 days'").await;
    sent.expect(5, "one is sent, and one was on a day that is counted")
        .await;
    sent.send(4, "NULL").await;
    sent.expect(4, "one is taken back").await;
}

#[tokio::test]
async fn a_period_is_one_to_the_moment() {
    let sent = Sent::new().await;
    let start = &sent.start;
    for (place, (at, is_in)) in [
        (format!("{start} - interval '1 second'"), false),
        (start.clone(), true),
        (format!("{start} + interval '6 hours'"), true),
        (format!("{start} + interval '15 hours'"), true),
        (
            format!("{start} + interval '1 month' - interval '15 hours'"),
            true,
        ),
        (
            format!("{start} + interval '1 month' - interval '1 second'"),
            true,
        ),
        (format!("{start} + interval '1 month'"), false),
    ]
    .into_iter()
    .enumerate()
    {
        let place = u32::try_from(place).expect("a small number");
        sent.send(place, &at).await;
        sent.expect(i64::from(is_in), &at).await;
        sent.send(place, "NULL").await;
    }
}

/// What ends after what is newer has been counted.
#[tokio::test]
async fn what_ends_late_is_known_when_it_has_ended() {
    let sent = Sent::new().await;
    sent.roll_up().await;
    let content = sent.books.world.admin_of(Tier::Content);
    let mut late = content.begin().await.expect("a transaction");
    let sending = sent.sending(0, "now() - interval '3 days'");
    sqlx::raw_sql(AssertSqlSafe(sending))
        .execute(&mut *late)
        .await
        .expect("a message");
    sent.send(1, "now()").await;
    let rolled = sent.analytics.rollup(sent.books.acme).await;
    assert!(!rolled.expect("numbers").is_complete);
    assert_eq!(sent.used().await, 1);
    late.commit().await.expect("an end");
    sent.expect(2, "the late one has ended").await;
}
