//! What follows from the numbers of the demo: states, standing, warm-ups, and what a period used.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use gateway_tests::{World, analytics, roll_up};
use migrations::Tier;
use sqlx::{AssertSqlSafe, FromRow, postgres::PgRow};
use uuid::Uuid;

/// Messages, mailboxes, campaigns and leads of a period, and which mailboxes.
type Sent = (i64, i64, i64, i64, Option<Vec<Uuid>>);

/// The rows of a statement about `acme`, whose id stands for `$`.
async fn rows<R>(world: &World, tier: Tier, sql: &str) -> Vec<R>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let sql = sql.replace('$', &format!("'{}'", acme(world)));
    let rows = sqlx::query_as(AssertSqlSafe(sql.clone()))
        .fetch_all(world.admin_of(tier))
        .await;
    rows.unwrap_or_else(|error| panic!("{error} in: {sql}"))
}

fn acme(world: &World) -> Uuid {
    world.demo.as_ref().expect("a demo").tenants[0].id
}

async fn count_again(world: &World) {
    let (analytics, pools) = analytics(&world.database, 100).await;
    roll_up(&analytics, acme(world).into()).await;
    pools.close().await;
}

/// A mailbox's day: sent, what came back or was called spam, standing, volume.
type Mailbox = (Uuid, NaiveDate, i64, i64, Option<i32>, i64);

const MAILBOXES: &str =
    "SELECT email_account_id, day, sent, bounced + spam_complaints, health_score, current_volume
    FROM mailbox_analytics WHERE tenant_id = $ ORDER BY 1, 2";

/// 100 less the percentage of the thirty days up to one.
fn health<'r>(
    days: impl Iterator<Item = &'r (NaiveDate, i64, i64)>,
    until: NaiveDate,
) -> Option<i32> {
    let month = days.filter(|(day, ..)| *day <= until && (until - *day).num_days() < 30);
    let (sent, bad) = month.fold((0, 0), |sum, (_, sent, bad)| (sum.0 + sent, sum.1 + bad));
    let share = (sent > 0).then(|| (100 * bad + sent - 1) / sent)?;
    Some(i32::try_from((100 - share).clamp(0, 100)).expect("at most 100"))
}

#[tokio::test]
async fn a_mailboxs_standing_is_of_thirty_days() {
    let world = World::demo().await;
    let found: Vec<Mailbox> = rows(&world, Tier::Analytics, MAILBOXES).await;
    let mut days: BTreeMap<Uuid, Vec<(NaiveDate, i64, i64)>> = BTreeMap::new();
    for (account, day, sent, bad, ..) in &found {
        days.entry(*account).or_default().push((*day, *sent, *bad));
    }
    let mut less = 0;
    for (account, day, sent, _, score, volume) in &found {
        assert_eq!(
            *score,
            health(days[account].iter(), *day),
            "{account} {day}"
        );
        assert_eq!(volume, sent);
        less += u32::from(score.is_some_and(|score| score < 100));
    }
    assert!(less > 5, "of {} days {less} are not the best", found.len());
}

/// An assignment in force: its first day, the day that it ends, and its mailboxes with what they may send together.
type Assignment = (Uuid, NaiveDate, Option<NaiveDate>, Vec<Uuid>, i64);

const ASSIGNMENTS: &str = "SELECT i.id, (i.assigned AT TIME ZONE 'UTC')::date, (i.expires AT TIME ZONE 'UTC')::date,
        array_agg(a.id), sum(a.daily_limit)::bigint
    FROM domain_ip_assignments i JOIN email_accounts a ON a.domain_id = i.domain_id
    WHERE i.tenant_id = $ AND (i.status IN ('active', 'warming') OR (i.status = 'expired' AND i.expires IS NOT NULL))
    GROUP BY i.id ORDER BY 1";

/// A warm-up's day: sent, standing, progress.
type Warmup = (Uuid, NaiveDate, i64, Option<i32>, Option<i32>);

const WARMUPS: &str = "SELECT domain_ip_assignment_id, day, sent, health_score, progress_percentage
    FROM warmup_analytics WHERE tenant_id = $ ORDER BY 1, 2";

async fn expected_warmups(world: &World) -> Vec<Warmup> {
    let mailboxes: Vec<Mailbox> = rows(world, Tier::Analytics, MAILBOXES).await;
    let assignments: Vec<Assignment> = rows(world, Tier::Oltp, ASSIGNMENTS).await;
    let mut expected = Vec::new();
    for (assignment, first, until, accounts, most) in assignments {
        let mut days: BTreeMap<NaiveDate, (i64, i64)> = BTreeMap::new();
        for (account, day, sent, bad, ..) in &mailboxes {
            if accounts.contains(account) && *day >= first && until.is_none_or(|until| *day < until)
            {
                let sum = days.entry(*day).or_default();
                (sum.0, sum.1) = (sum.0 + sent, sum.1 + bad);
            }
        }
        let days: Vec<_> = days
            .into_iter()
            .map(|(day, (sent, bad))| (day, sent, bad))
            .collect();
        let mut best = 0;
        for (day, sent, _) in &days {
            best = best.max(*sent);
            let progress = (most > 0)
                .then(|| i32::try_from((100 * best / most).min(100)).expect("at most 100"));
            expected.push((assignment, *day, *sent, health(days.iter(), *day), progress));
        }
    }
    expected
}

#[tokio::test]
async fn a_warm_up_is_its_domains_mail_while_the_address_is_assigned() {
    let world = World::demo().await;
    let found: Vec<Warmup> = rows(&world, Tier::Analytics, WARMUPS).await;
    assert_eq!(found, expected_warmups(&world).await);
    // The first count in this copy of the database is one from the start.
    count_again(&world).await;
    let (assignment, day, ..) = found[found.len() / 2];
    let changes = format!(
        "UPDATE domain_ip_assignments SET expires = '{day} 12:00Z' WHERE id = '{assignment}';
        UPDATE email_accounts SET daily_limit = daily_limit + 3 WHERE tenant_id = '{}'",
        acme(&world)
    );
    sqlx::raw_sql(AssertSqlSafe(changes))
        .execute(world.admin())
        .await
        .expect("a superuser may");
    // Nothing happened to a message, but what follows is another.
    count_again(&world).await;
    let after: Vec<Warmup> = rows(&world, Tier::Analytics, WARMUPS).await;
    assert_eq!(after, expected_warmups(&world).await);
    assert!(after.len() < found.len());
}

#[tokio::test]
async fn a_campaign_says_what_it_does_and_whom_it_has_come_to_its_end_with() {
    let world = World::demo().await;
    let counted = "SELECT campaign_id, day, completed_leads FROM campaign_analytics
        WHERE tenant_id = $ AND completed_leads <> 0 ORDER BY 1, 2";
    let completed =
        "SELECT campaign_id, (updated AT TIME ZONE 'UTC')::date, count(*) FROM campaign_leads
        WHERE tenant_id = $ AND status = 'completed' GROUP BY 1, 2 ORDER BY 1, 2";
    let both = async || {
        let counted: Vec<(Uuid, NaiveDate, i64)> = rows(&world, Tier::Analytics, counted).await;
        let completed: Vec<(Uuid, NaiveDate, i64)> = rows(&world, Tier::Oltp, completed).await;
        assert_eq!(counted, completed);
        counted.iter().map(|(.., count)| count).sum::<i64>()
    };
    // The first count in this copy of the database is one from the start.
    count_again(&world).await;
    let before = both().await;
    let done = "UPDATE campaign_leads SET status = 'completed' WHERE id IN (SELECT id FROM campaign_leads WHERE status = 'active' LIMIT 5)";
    sqlx::query(done)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    count_again(&world).await;
    assert!(both().await > before);
    let states = "SELECT DISTINCT campaign_id, status FROM campaign_analytics WHERE tenant_id = $ ORDER BY 1, 2";
    let said: Vec<(Uuid, Option<String>)> = rows(&world, Tier::Analytics, states).await;
    let campaigns: Vec<(Uuid, String)> = rows(
        &world,
        Tier::Oltp,
        "SELECT id, status FROM campaigns WHERE tenant_id = $",
    )
    .await;
    let campaigns: BTreeMap<_, _> = campaigns.into_iter().collect();
    for (campaign, status) in &said {
        assert_eq!(status.as_ref(), campaigns.get(campaign), "{campaign}");
    }
    assert!(!said.is_empty());
}

/// A period: when it begins, and what was used in it.
type Used = (String, i64, i64, i64, i64, i64);

#[tokio::test]
async fn a_period_says_what_was_used_in_it() {
    let world = World::demo().await;
    let totals = "SELECT period_start::text, emails_sent, mailboxes_used, domains_used, campaigns_used, leads_used
        FROM billing_analytics WHERE tenant_id = $ ORDER BY 1";
    let found: Vec<Used> = rows(&world, Tier::Analytics, totals).await;
    let periods: Vec<(String, String)> = rows(
        &world,
        Tier::Oltp,
        "SELECT current_period_start::text, current_period_end::text FROM subscriptions WHERE tenant_id = $
            UNION SELECT period_start::text, period_end::text FROM subscription_periods WHERE tenant_id = $ ORDER BY 1",
    )
    .await;
    assert_eq!(found.len(), periods.len());
    let mut used = 0;
    for ((start, end), (began, emails, mailboxes, domains, campaigns, leads)) in
        periods.into_iter().zip(found)
    {
        assert_eq!(start, began);
        let sent = format!(
            "SELECT count(*), count(DISTINCT email_account_id), count(DISTINCT campaign_id), count(DISTINCT lead_id),
                array_agg(DISTINCT email_account_id) FILTER (WHERE email_account_id IS NOT NULL)
            FROM email_messages WHERE tenant_id = $ AND direction = 'outbound'
                AND date_trunc('day', sent, 'UTC') >= '{start}' AND date_trunc('day', sent, 'UTC') < '{end}'"
        );
        let sent: Vec<Sent> = rows(&world, Tier::Content, &sent).await;
        let accounts: Vec<String> = sent[0]
            .4
            .iter()
            .flatten()
            .map(|id| format!("'{id}'"))
            .collect();
        let of_domains: Vec<(i64,)> = match &*accounts.join(", ") {
            "" => vec![(0,)],
            accounts => {
                let sql = format!(
                    "SELECT count(DISTINCT domain_id) FROM email_accounts WHERE id IN ({accounts})"
                );
                rows(&world, Tier::Oltp, &sql).await
            }
        };
        assert_eq!(
            (emails, mailboxes, campaigns, leads),
            (sent[0].0, sent[0].1, sent[0].2, sent[0].3),
            "{start}"
        );
        assert_eq!(domains, of_domains[0].0, "{start}");
        used += emails;
    }
    assert!(used > 0, "nothing was sent in any period");
}
