//! The two tenants to look at.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Databases, ask, content, of_oltp, tables};

#[tokio::test]
async fn the_demo_holds_something_in_every_table_of_both_tenants() {
    let databases = Databases::start().await;
    let url = databases.migrated("demo").await;
    let demo = seed::demo(&of_oltp(&url), Utc::now()).await.expect("made");
    for (table,) in tables(&url).await {
        let rows: Vec<(i64,)> = ask(&url, &format!("SELECT count(*) FROM {table}")).await;
        assert!(rows[0].0 > 0, "{table} is empty");
    }
    let tenant_tables: Vec<(String,)> = ask(
        &url,
        "SELECT table_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name NOT IN ('changes', 'stripe_events', 'subscription_periods', 'campaign_runs')",
    )
    .await;
    assert!(tenant_tables.len() > 15);
    for (table,) in tenant_tables {
        for tenant in &demo.tenants {
            let sql = format!(
                "SELECT count(*) FROM {table} WHERE tenant_id = '{}'",
                tenant.id
            );
            let rows: Vec<(i64,)> = ask(&url, &sql).await;
            assert!(rows[0].0 > 0, "{table} holds nothing of {}", tenant.name);
        }
    }
}

#[tokio::test]
async fn every_state_occurs_and_nothing_was_made_in_the_future() {
    let databases = Databases::start().await;
    let url = databases.migrated("demo").await;
    let now = Utc::now();
    seed::demo(&of_oltp(&url), now).await.expect("made");

    let expected = [
        ("campaigns", "status", 5),
        ("leads", "status", 5),
        ("domains", "verification_status", 4),
        ("email_accounts", "status", 4),
        ("campaign_sequence_steps", "step_type", 3),
        ("domain_ip_assignments", "status", 4),
        ("payments", "status", 4),
        ("smtp_ip_addresses", "status", 7),
        ("smtp_ip_addresses", "reputation_state", 4),
        ("vps_instances", "status", 4),
        ("admin_system_events", "severity", 4),
        ("plans", "is_active", 2),
    ];
    for (table, column, states) in expected {
        let sql = format!("SELECT count(DISTINCT {column}) FROM {table}");
        let found: Vec<(i64,)> = ask(&url, &sql).await;
        assert_eq!(found[0].0, states, "{table}.{column}");
    }
    for (table,) in tables(&url).await {
        let sql = format!(
            "SELECT max(greatest(created, updated)), bool_and(updated >= created) FROM {table}"
        );
        let found: Vec<(DateTime<Utc>, bool)> = ask(&url, &sql).await;
        let (latest, ordered) = found[0];
        assert!(ordered, "{table}: touched before made");
        // A migration's rows are a little younger.
        assert!(latest < now + TimeDelta::minutes(1), "{table}: {latest}");
    }
}

#[tokio::test]
async fn the_people_are_found_again_and_nothing_changes() {
    let databases = Databases::start().await;
    let url = databases.migrated("demo").await;
    assert_eq!(seed::demo_accounts(&url).await.expect("an answer"), None);
    let made = seed::demo(&of_oltp(&url), Utc::now()).await.expect("made");
    let before = content(&url).await;

    let again = seed::demo(&of_oltp(&url), Utc::now() + TimeDelta::days(3))
        .await
        .expect("found");
    assert_eq!(again, made);
    assert_eq!(
        seed::demo_accounts(&url).await.expect("an answer"),
        Some(made.clone())
    );
    assert_eq!(content(&url).await, before);

    let emails: Vec<Vec<&str>> = made
        .tenants
        .iter()
        .map(|tenant| {
            tenant
                .users
                .iter()
                .map(|user| user.email.as_str())
                .collect()
        })
        .collect();
    let of = |domain: &str| {
        ["owner", "admin", "member", "analyst", "billing"].map(|role| format!("{role}@{domain}"))
    };
    for (emails, domain) in emails.iter().zip(["acme.test", "globex.test"]) {
        assert_eq!(emails[..5], of(domain));
        assert_eq!(emails[5..], ["consultant@agency.test"]);
    }
    assert_eq!(made.tenants[0].users[5].id, made.tenants[1].users[5].id);
    assert_eq!(made.staff.email, "ops@platform.test");
}

#[tokio::test]
async fn the_demo_is_the_same_in_every_database() {
    let databases = Databases::start().await;
    let now = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let mut found = Vec::new();
    for name in ["first", "second"] {
        let url = databases.migrated(name).await;
        seed::demo(&of_oltp(&url), now).await.expect("made");
        let mut content = content(&url).await;
        // A migration adds these, at its own time.
        content.retain(|(table, ..)| table != "permissions");
        found.push(content);
    }
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn two_starts_at_once_make_one_demo() {
    let databases = Databases::start().await;
    let url = databases.migrated("demo").await;
    let urls = of_oltp(&url);
    let (one, two) = tokio::join!(seed::demo(&urls, Utc::now()), seed::demo(&urls, Utc::now()));
    assert_eq!(one.expect("made"), two.expect("found"));
}
