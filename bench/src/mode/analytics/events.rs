//! Made-up messages, to which things happen in the order of nothing.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    Result,
    database::{Place, run},
};

/// Events that a message has, on average: of a hundred 100 are sent, 95 delivered, 5 bounced, 40 opened, 8 clicked, 4
/// replied to, 1 unsubscribed, and each 200th is called spam.
const OF_MESSAGE: f64 = 2.535;

/// The tables of days.
const TABLES: [&str; 6] = [
    "campaign_analytics",
    "mailbox_analytics",
    "sequence_step_analytics",
    "lead_analytics",
    "warmup_analytics",
    "billing_analytics",
];

/// Forgets what an earlier run made.
pub(super) async fn clear(place: &Place) -> Result<()> {
    let mut content = place.content().connect().await?;
    run(
        &mut content,
        "TRUNCATE email_messages, message_events CASCADE".to_owned(),
    )
    .await?;
    let mut analytics = place.analytics().connect().await?;
    run(
        &mut analytics,
        format!("TRUNCATE {}, rollups", TABLES.join(", ")),
    )
    .await
}

const MAKE: &str = "
INSERT INTO email_messages (id, tenant_id, storage_key, thread_id, direction, from_email, to_email, subject, status,
    campaign_id, step_id, lead_id, email_account_id, sent, delivered, bounced, opened, clicked, replied, unsubscribed,
    complained)
SELECT m.id, $1, m.id::text, m.id, 'outbound', 'from@sender.test', 'to@lead.test', 'Subject', 'sent',
    $2[m.step], $3[m.step], $4[1 + m.n / cardinality($3) % cardinality($4)], $5[1 + m.n % cardinality($5)], m.at,
    CASE WHEN m.h % 100 >= 5 THEN m.at + interval '1 minute' END, CASE WHEN m.h % 100 < 5 THEN m.at + interval '2 minutes' END,
    CASE WHEN m.h % 100 >= 60 THEN m.at + m.h % 50 * interval '1 hour' END,
    CASE WHEN m.h % 100 >= 92 THEN m.at + m.h % 60 * interval '1 hour' END,
    CASE WHEN m.h % 100 >= 96 THEN m.at + m.h % 70 * interval '1 hour' END,
    CASE WHEN m.h % 100 = 99 THEN m.at + m.h % 80 * interval '1 hour' END,
    CASE WHEN m.h % 200 = 98 THEN m.at + m.h % 90 * interval '1 hour' END
FROM (SELECT n, 1 + n % cardinality($3) AS step, md5($1::text || n)::uuid AS id, h,
        timestamptz '2026-03-01 00:00Z' + h % 129600 * interval '1 minute' AS at
    FROM (SELECT n, abs(hashint8extended(n, 7)) AS h FROM generate_series($6::bigint, $7::bigint) AS n) x) m";

/// Makes the messages of a round of a tenant, with so many events.
pub(super) async fn make(
    place: &Place,
    tenant: Uuid,
    says: bool,
    round: u64,
    events: u64,
) -> Result<()> {
    let mut oltp = place.connect().await?;
    let (campaigns, steps): (Vec<Uuid>, Vec<Uuid>) = sqlx::query_as(
        "SELECT array_agg(campaign_id ORDER BY id), array_agg(id ORDER BY id) FROM campaign_sequence_steps WHERE tenant_id = $1",
    )
    .bind(tenant)
    .fetch_one(&mut oltp)
    .await?;
    let keys = async |oltp: &mut sqlx::PgConnection, table: &str| {
        let sql = format!("SELECT array_agg(id ORDER BY id) FROM {table} WHERE tenant_id = $1");
        let keys = sqlx::query_scalar::<_, Vec<Uuid>>(AssertSqlSafe(sql)).bind(tenant);
        keys.fetch_one(oltp).await
    };
    let leads = keys(&mut oltp, "leads").await?;
    let accounts = keys(&mut oltp, "email_accounts").await?;
    let messages = (events as f64 / OF_MESSAGE).ceil() as i64;
    let first = i64::try_from(round)? * messages;
    if says && round == 0 {
        crate::say::progress(format_args!("{messages} messages a tenant and round"));
    }
    let mut content = place.content().connect().await?;
    sqlx::query(MAKE)
        .bind(tenant)
        .bind(campaigns)
        .bind(steps)
        .bind(leads)
        .bind(accounts)
        .bind(first)
        .bind(first + messages - 1)
        .execute(&mut content)
        .await?;
    run(
        &mut content,
        "ANALYZE email_messages, message_events".to_owned(),
    )
    .await
}

/// Events and messages that there are.
pub(super) async fn made(place: &Place) -> Result<(i64, i64)> {
    let sql = "SELECT (SELECT count(*) FROM message_events), (SELECT count(*) FROM email_messages)";
    let mut content = place.content().connect().await?;
    Ok(sqlx::query_as(sql).fetch_one(&mut content).await?)
}

/// Of each table how many rows there are, and a sum of what each says.
pub(super) async fn digest(place: &Place) -> Result<Vec<(&'static str, i64, String)>> {
    let mut analytics = place.analytics().connect().await?;
    let mut all = Vec::new();
    for table in TABLES {
        let sql = format!(
            "SELECT count(*), coalesce(sum(hashtextextended((to_jsonb(t) - 'created' - 'updated')::text, 0)), 0)::text FROM {table} t"
        );
        let (rows, sum) = sqlx::query_as(AssertSqlSafe(sql))
            .fetch_one(&mut analytics)
            .await?;
        all.push((table, rows, sum));
    }
    Ok(all)
}
