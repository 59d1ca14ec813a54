//! What holds mail back for a while.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use migrations::Tier;
use serde_json::json;
use transport::sink::{Fault, Moment, Script};

use super::arranged::{Campaign, MailServer, early_in_the_day, once, worker};
use crate::serving::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_sends_no_more_in_a_day_than_it_may() {
    early_in_the_day().await;
    let campaign = Campaign::new(5, &["Hello"]).await;
    let limit = "UPDATE email_accounts SET daily_limit = 3 WHERE email = 'ann@sender.test'";
    campaign.change(Tier::Oltp, limit).await;
    // What the server puts off does not count: all three are sent although one was tried twice.
    let server = MailServer::start(once(Fault::defer())).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let put_off = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
         AND run_at = (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'";
    let sent = "count(*) = 3 FROM email_messages WHERE status = 'sent'";
    campaign.hurry_until(Tier::Content, sent).await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    campaign.hurry().await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), 3);

    let tomorrow = "UPDATE email_accounts SET daily_count_day = daily_count_day - 1 WHERE email = 'ann@sender.test'";
    campaign.change(Tier::Oltp, tomorrow).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 5);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// What it has sent today, of an account that sends nothing today.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_before_today_is_not_of_today() {
    early_in_the_day().await;
    let campaign = Campaign::new(1, &["Hello"]).await;
    let accounts = "INSERT INTO email_accounts (tenant_id, domain_id, email, daily_count, daily_count_day)
        SELECT tenant_id, id, name || '@sender.test', count, (now() AT TIME ZONE 'UTC')::date - ago
        FROM domains, (VALUES ('today', 2, 0), ('before', 3, 1), ('unknown', 4, NULL)) AS made (name, count, ago)
        WHERE domain = 'sender.test'";
    campaign.change(Tier::Oltp, accounts).await;
    let server = MailServer::start(Script::default()).await;
    let worker = worker(&campaign.home(&server)).await;
    let midnight =
        "UPDATE job_schedules SET is_active = true, next_run = now() WHERE name = 'days'";
    campaign.change(Tier::Queue, midnight).await;
    let begun = "count(*) > 0 AND bool_and(status = 'completed') FROM jobs WHERE job_type = 'accounts.begin_day'";
    campaign.until(Tier::Queue, begun, PATIENCE).await;
    let counts = "SELECT jsonb_object_agg(split_part(email, '@', 1), daily_count)
        FROM email_accounts WHERE email IN ('today@sender.test', 'before@sender.test', 'unknown@sender.test')";
    assert_eq!(
        campaign.value(Tier::Oltp, counts).await,
        json!({ "today": 2, "before": 0, "unknown": 0 })
    );
    let of_others = "SELECT max(daily_count) FROM email_accounts";
    assert_eq!(campaign.value(Tier::Oltp, of_others).await, 2);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_while_a_campaign_is_paused() {
    let campaign = Campaign::new(20, &["Hello"]).await;
    let slow = Fault::delay(Moment::End, Duration::from_millis(200));
    let server = MailServer::start(Script::new(move |_| Some(slow.clone()))).await;
    campaign.start().await;
    let home = campaign
        .home(&server)
        .with("GATEWAY_WORKER_CONCURRENCY", "2");
    let worker = worker(&home).await;
    let some = "EXISTS (SELECT FROM email_messages WHERE status = 'sent')";
    campaign.until(Tier::Content, some, PATIENCE).await;
    let pause = "UPDATE campaigns SET status = 'paused' WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, pause).await;
    // Those that were on their way arrive; then all others are looked at, and put off.
    let put_off = "NOT EXISTS (SELECT FROM jobs WHERE status = 'running' \
         OR job_type = 'message.send' AND status <> 'completed' AND run_at < now())";
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    let sent = server.accepted().len();
    assert!(sent < 20, "it was in the middle");
    campaign.hurry().await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), sent);
    assert_eq!(campaign.messages().await["sent"], sent as i64);

    campaign.start().await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 20);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// A plan of two messages, with one more.
const FEW: &str = "WITH plan AS (INSERT INTO plans (name, slug, max_emails_per_month, price_monthly, price_yearly)
        VALUES ('Few', 'few', 2, 1, 1) RETURNING id),
    subscription AS (INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end)
        SELECT tenants.id, plan.id, now() - interval '1 day', now() + interval '20 days' FROM tenants, plan
        WHERE tenants.name = 'sender' RETURNING id, tenant_id)
    INSERT INTO subscription_addons (tenant_id, subscription_id, addon_type, quantity, price)
        SELECT tenant_id, id, 'extra_emails', 1, 1 FROM subscription";
/// How many messages count.
const COUNTED: &str = "SELECT message_count FROM sent_in_period";

#[tokio::test(flavor = "multi_thread")]
async fn what_the_plan_does_not_allow_any_more_waits_for_the_next_period() {
    let campaign = Campaign::new(5, &["Hello"]).await;
    campaign.change(Tier::Oltp, FEW).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let put_off = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
         AND run_at > now() + interval '50 minutes'";
    let sent = "count(*) = 3 FROM email_messages WHERE status = 'sent'";
    campaign.hurry_until(Tier::Content, sent).await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    campaign.hurry().await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), 3);
    assert_eq!(campaign.messages().await["queued"], 2);

    // Nor does it when those that were sent are counted, by one who begins with that.
    let count = "UPDATE job_schedules SET is_active = true, next_run = now() WHERE job_type = 'analytics.rollup'";
    campaign.change(Tier::Queue, count).await;
    let counted =
        "EXISTS (SELECT FROM mailbox_analytics WHERE sent = 3 AND day > current_date - 2)";
    campaign.until(Tier::Analytics, counted, PATIENCE).await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let worker = self::worker(&campaign.home(&server)).await;
    campaign.hurry().await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), 3);

    let next = "UPDATE subscriptions SET current_period_start = now(), current_period_end = now() + interval '1 month' \
         WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'sender')";
    campaign.change(Tier::Oltp, next).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 5);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_for_a_subscription_that_grants_nothing_any_more() {
    let campaign = Campaign::new(2, &["Hello"]).await;
    let ended = "WITH plan AS (INSERT INTO plans (name, slug, price_monthly, price_yearly)
            VALUES ('All', 'all', 1, 1) RETURNING id)
        INSERT INTO subscriptions (tenant_id, plan_id, status, current_period_start, current_period_end)
            SELECT tenants.id, plan.id, 'canceled', now() - interval '1 day', now() + interval '20 days' FROM tenants, plan
            WHERE tenants.name = 'sender'";
    campaign.change(Tier::Oltp, ended).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let put_off = "count(*) = 2 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
         AND run_at > now() + interval '50 minutes'";
    campaign.hurry().await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), 0);
    let again = "UPDATE subscriptions SET status = 'active' WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'sender')";
    campaign.change(Tier::Oltp, again).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(server.accepted().len(), 2);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// All three places are for messages that arrive: one that the server puts off, one that it refuses, and an address that does
/// not exist leave theirs to others. What was sent before anybody counted counts, too, and so does what may have been sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_not_sent_leaves_its_place_in_the_plan_to_another() {
    let campaign = Campaign::new(6, &["Hello"]).await;
    campaign.change(Tier::Oltp, FEW).await;
    let before = "INSERT INTO email_messages (tenant_id, email_account_id, storage_key, thread_id, direction, status, sent, processed, from_email, to_email, subject)
        SELECT '{tenant}', '{account}', key, gen_random_uuid(), 'outbound', status, sent, now(), 'ann@sender.test', 'former@leads.test', ''
        FROM (VALUES ('a', 'sent', now()), ('b', 'sending', NULL), ('c', 'sent', now() - interval '9 days'))
            AS message (key, status, sent)";
    let tenant = "SELECT id FROM tenants WHERE name = 'sender'";
    let tenant = campaign.value(Tier::Oltp, tenant).await;
    let account = "SELECT id FROM email_accounts WHERE email = 'ann@sender.test'";
    let account = campaign.value(Tier::Oltp, account).await;
    let before = before
        .replace("{tenant}", tenant.as_str().expect("an id"))
        .replace("{account}", account.as_str().expect("an id"));
    campaign.change(Tier::Content, &before).await;
    let times = AtomicUsize::new(0);
    let server = MailServer::start(Script::new(move |_| {
        match times.fetch_add(1, Ordering::Relaxed) {
            0 => Some(Fault::defer()),
            1 => Some(Fault::reject()),
            2 => Some(Fault::answer(Moment::End, 554, "5.7.1 not this")),
            _ => None,
        }
    }))
    .await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let ended = "count(*) = 3 FROM email_messages WHERE status IN ('bounced', 'failed') OR status = 'sent' AND to_email <> 'former@leads.test'";
    campaign.hurry_until(Tier::Content, ended).await;
    let put_off = "count(*) = 3 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' \
         AND run_at > now() + interval '50 minutes'";
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(server.accepted().len(), 1);
    assert_eq!(campaign.value(Tier::Content, COUNTED).await, 3);
    assert_eq!(worker.stop("TERM").await.code, Some(0));
}

/// Two workers send as much at once as they can, and one of them dies.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_sent_than_the_plan_allows_by_workers_that_send_at_once() {
    let campaign = Campaign::new(60, &["Hello"]).await;
    campaign.change(Tier::Oltp, FEW).await;
    let some = "UPDATE plans SET max_emails_per_month = 29 WHERE slug = 'few'";
    campaign.change(Tier::Oltp, some).await;
    let lease = "UPDATE job_queues SET lease_seconds = 2";
    campaign.change(Tier::Queue, lease).await;
    let slow = Fault::delay(Moment::End, Duration::from_millis(20));
    let server = MailServer::start(Script::new(move |_| Some(slow.clone()))).await;
    campaign.start().await;
    let home = campaign.home(&server);
    let (dies, lives) = (worker(&home).await, worker(&home).await);
    let some = "count(*) > 5 FROM email_messages WHERE status = 'sent'";
    campaign.until(Tier::Content, some, PATIENCE).await;
    dies.stop("KILL").await;
    let put_off = "count(*) FILTER (WHERE status = 'running' OR run_at <= now() + interval '50 minutes') = 0 \
         FROM jobs WHERE job_type = 'message.send' AND status <> 'completed'";
    let full = "message_count = 30 FROM sent_in_period";
    campaign.hurry_until(Tier::Content, full).await;
    campaign.until(Tier::Queue, put_off, PATIENCE).await;
    assert_eq!(lives.stop("TERM").await.code, Some(0));
    let taken = "SELECT count(*) FROM email_messages WHERE status IN ('sent', 'sending')";
    assert_eq!(campaign.value(Tier::Content, taken).await, 30);
    assert!(server.accepted().len() <= 30);
}
