//! Mail, in its own database.

use chrono::{DateTime, TimeDelta, Utc};
use seed::{AdminUrls, Plan};

use crate::{Databases, ask, content, of_oltp, tables};

/// Databases of both tiers.
async fn both(databases: &Databases, name: &str) -> (AdminUrls, String) {
    let oltp = databases.migrated(name).await;
    let tier = migrations::Tier::Content;
    let mail = databases
        .migrated_as(tier, &format!("{name}_content"))
        .await;
    let urls = AdminUrls {
        content: Some(mail.clone()),
        ..of_oltp(&oltp)
    };
    (urls, mail)
}

async fn count(url: &str, sql: &str) -> i64 {
    let rows: Vec<(i64,)> = ask(url, sql).await;
    rows[0].0
}

#[tokio::test]
async fn the_demo_has_mail_of_every_kind_in_both_tenants() {
    let databases = Databases::start().await;
    let (urls, mail) = both(&databases, "demo").await;
    let now = Utc::now();
    let demo = seed::demo(&urls, now).await.expect("made");
    // Mail that came to the platform is none of the demo's, nor is what mailboxes it read, or what it counted to send.
    const LATER: [&str; 3] = ["mailboxes", "received_mail", "sent_in_period"];
    let filled = tables(&mail).await.into_iter();
    for (table,) in filled.filter(|(table,)| !LATER.contains(&table.as_str())) {
        for tenant in &demo.tenants {
            let of = format!(
                "SELECT count(*) FROM {table} WHERE tenant_id = '{}'",
                tenant.id
            );
            assert!(
                count(&mail, &of).await > 0,
                "{table} holds nothing of {}",
                tenant.name
            );
        }
    }
    for (column, states) in [("direction", 2), ("message_type", 3), ("status", 7)] {
        let sql = format!("SELECT count(DISTINCT {column}) FROM email_messages");
        assert_eq!(count(&mail, &sql).await, states, "{column}");
    }
    let odd = [
        ("a child before its parent", "SELECT count(*) FROM email_messages c JOIN email_messages p
            ON (p.tenant_id, p.storage_key) = (c.tenant_id, c.parent_storage_key) WHERE c.created <= p.created OR c.thread_id <> p.thread_id"),
        ("made in the future", "SELECT count(*) FROM email_messages WHERE greatest(created, updated, sent, received, replied) > now()"),
        ("without a body", "SELECT count(*) FROM email_messages WHERE content_key IS NULL"),
        ("not to be found", "SELECT count(*) FROM email_messages m WHERE NOT EXISTS (SELECT FROM email_search s
            WHERE (s.tenant_id, s.storage_key) = (m.tenant_id, m.storage_key)
                AND s.document @@ to_tsquery('simple', 'reference') AND s.message_created = m.created)"),
    ];
    for (what, sql) in odd {
        assert_eq!(count(&mail, sql).await, 0, "{what}");
    }
    assert!(count(&mail, "SELECT max(times) FROM (SELECT count(*) AS times FROM email_messages GROUP BY content_key) AS shared").await > 1);
}

#[tokio::test]
async fn mail_is_the_same_in_every_database_and_written_once() {
    let databases = Databases::start().await;
    let now = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let mut found = Vec::new();
    for name in ["first", "second"] {
        let (urls, mail) = both(&databases, name).await;
        seed::demo(&urls, now).await.expect("made");
        let rows = content(&mail).await;
        seed::demo(&urls, now + TimeDelta::days(3))
            .await
            .expect("found");
        assert_eq!(content(&mail).await, rows);
        found.push(rows);
    }
    assert_eq!(found[0], found[1]);
}

/// As in a folder that was made by a version that knew no mail.
#[tokio::test]
async fn a_demo_without_mail_gets_some() {
    let databases = Databases::start().await;
    let (urls, mail) = both(&databases, "demo").await;
    let now = Utc::now();
    let made = seed::demo(&of_oltp(&urls.oltp), now).await.expect("made");
    assert_eq!(count(&mail, "SELECT count(*) FROM email_messages").await, 0);
    assert_eq!(seed::demo(&urls, now).await.expect("found"), made);
    assert!(count(&mail, "SELECT count(*) FROM email_messages").await > 0);
}

#[tokio::test]
async fn messages_are_as_many_as_planned() {
    let databases = Databases::start().await;
    let (urls, mail) = both(&databases, "data").await;
    let plan = Plan {
        tenants: 3,
        leads_per_tenant: 5,
        campaigns_per_tenant: 4,
        messages_per_campaign: 50,
        ..Plan::default()
    };
    let report = seed::synthetic(&urls, &plan).await.expect("made");
    for (table, rows) in report.rows.iter().rev().take(4) {
        let counted = count(&mail, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(counted as u64, *rows, "{table}");
    }
    assert_eq!(
        count(&mail, "SELECT count(*) FROM email_messages").await,
        3 * 4 * 50
    );
}
