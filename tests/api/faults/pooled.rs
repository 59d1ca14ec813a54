//! Behind PgBouncer in transaction mode: each transaction has whatever session is free, and the next one another.

use std::collections::BTreeSet;

use futures::future::join_all;
use gateway::settings::Settings;
use gateway_tests::{Options, Pooler, World, beside};
use migrations::Tier;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row};

use super::{backends::blocked, direct, lock::Lock};

/// Fewer than the gateway has connections, so that each has been somebody else's before.
const SESSIONS: u32 = 2;

async fn pooled(settings: Settings) -> (World, Pooler) {
    let pooler = Pooler::start(SESSIONS).await;
    let world = World::demo_with(Options {
        way: Some(pooler.way()),
        max_connections: Some(8),
        settings,
        ..Options::default()
    });
    (world.await, pooler)
}

const QUERIES: [&str; 4] = [
    "query One { viewer { tenant { name } user { email } roles } }",
    "query Two { companies(first: 5) { totalCount nodes { id name } } }",
    "query Three { campaigns(first: 3, filter: {status: {in: [SENDING, DRAFT]}}) { nodes { id name steps { nodes { stepOrder } } } } }",
    "query Four { messages(first: 3) { nodes { id subject } } leads(first: 2) { nodes { id email } } }",
];

#[tokio::test]
async fn tenants_share_sessions_and_no_answer() {
    let ((world, _pooler), alone) = (pooled(Settings::default()).await, World::demo().await);
    let mut asked = Vec::new();
    for tenant in ["acme", "globex"] {
        for query in QUERIES {
            let expected = alone.owner(tenant).data(query).await;
            asked.push((world.owner(tenant), query, expected));
        }
    }
    // Their ids are the same in both: the demos are copies.
    assert_ne!(asked[1].2, asked[1 + QUERIES.len()].2);
    for _ in 0..20 {
        join_all(asked.iter().map(async |(client, query, expected)| {
            assert_eq!(&client.data(query).await, expected, "{query}");
        }))
        .await;
    }
}

#[tokio::test]
async fn what_is_written_is_saved_once_and_what_fails_not_at_all() {
    let (world, _pooler) = pooled(Settings::default()).await;
    let tag = |name: &str| {
        format!(
            "mutation {{ createTag(input: {{name: \"{name}\", value: \"v\"}}) {{ tag {{ name }} }} }}"
        )
    };
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let names: Vec<String> = (0..20).map(|number| format!("tag{number}")).collect();
    join_all(names.iter().map(async |name| {
        let tag = tag(name);
        acme.data(&tag).await;
        // The second root field fails, so the first is undone.
        let undone = format!("mutation {{ {} {REVOKE_NONE} }}", inner(&tag));
        assert_eq!(globex.query(&undone).await.code(), "NOT_FOUND");
    }))
    .await;
    let tags = "{ tags(first: 100, filter: {value: {eq: \"v\"}}) { nodes { name } } }";
    let found = acme.data(tags).await["tags"]["nodes"].take();
    let found: BTreeSet<&str> = found
        .as_array()
        .expect("tags")
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    assert_eq!(found, names.iter().map(String::as_str).collect());
    assert_eq!(globex.data(tags).await["tags"]["nodes"], json!([]));
}

const REVOKE_NONE: &str =
    "revokeApiKey(input: {id: \"key_01h455vb4pex5vsknk084sn02q\"}) { apiKey { id } }";

/// What stands between the outer braces.
fn inner(operation: &str) -> &str {
    let (from, to) = (operation.find('{'), operation.rfind('}'));
    &operation[from.expect("a brace") + 1..to.expect("a brace")]
}

/// What the sessions of a tier keep, each asked inside a transaction of its own while the others are asked.
async fn kept(pooler: &Pooler, database: &str) -> Vec<Value> {
    const KEPT: &str = "SELECT jsonb_build_object('pid', pg_backend_pid(), 'role', current_user, \
        'name', current_setting('application_name'), 'tenant', current_setting('app.current_tenant_id', true), \
        'user', current_setting('app.current_user_id', true), 'roles', current_setting('app.current_roles', true), \
        'trace', current_setting('app.trace_parent', true), 'read_only', current_setting('default_transaction_read_only'), \
        'timeout', current_setting('statement_timeout'), 'prepared', (SELECT count(*) FROM pg_prepared_statements))";
    let url = pooler.way().replace("{database}", database);
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(PgConnection::connect(&url).await.expect("a session"));
    }
    let mut found = Vec::new();
    for session in &mut sessions {
        sqlx::raw_sql("BEGIN")
            .execute(&mut *session)
            .await
            .expect("a transaction");
        let row = sqlx::raw_sql(KEPT).fetch_one(&mut *session).await;
        found.push(row.expect("a row").get::<Value, _>(0));
    }
    found
}

#[tokio::test]
async fn a_session_keeps_nothing_of_who_had_it() {
    let (world, pooler) = pooled(Settings {
        statement_timeout_ms: Some(12_345),
        ..Settings::default()
    })
    .await;
    let clients = ["acme", "globex"].map(|tenant| world.owner(tenant));
    join_all(
        clients
            .iter()
            .flat_map(|client| QUERIES.map(|query| client.data(query))),
    )
    .await;
    let change = "mutation Change { updateTenantPolicy(input: {passwordMinLength: 31}) { tenantPolicy { id } } }";
    join_all(clients.iter().map(|client| client.data(change))).await;
    for tier in [Tier::Oltp, Tier::Content] {
        let sessions = kept(&pooler, &beside(&world.database, tier)).await;
        let pids: BTreeSet<i64> = sessions
            .iter()
            .filter_map(|session| session["pid"].as_i64())
            .collect();
        assert_eq!(pids.len(), SESSIONS as usize, "{sessions:?}");
        for session in &sessions {
            assert_eq!(session["role"], "gateway_login", "{session}");
            assert_eq!(session["read_only"], "off", "{session}");
            assert_eq!(session["prepared"], 0, "{session}");
            assert_ne!(session["timeout"], "12345ms", "{session}");
            for setting in ["tenant", "user", "roles", "trace"] {
                let left = session[setting].as_str().unwrap_or_default();
                assert_eq!(left, "", "{setting} in {session}");
            }
            let name = session["name"].as_str().unwrap_or_default();
            assert!(!name.contains("tnt_"), "{session}");
        }
    }
}

#[tokio::test]
async fn a_transaction_has_its_name_and_its_time_out_for_as_long_as_it_lasts() {
    let (world, _pooler) = pooled(Settings {
        statement_timeout_ms: Some(3000),
        ..Settings::default()
    })
    .await;
    let tenant = direct::owner(&world, "acme")
        .tenant()
        .expect("a member's tenant");
    let lock = Lock::on(&world, "companies").await;
    let acme = world.owner("acme");
    let asking = tokio::spawn(async move {
        acme.query("query Overview { companies(first: 1) { nodes { id } } }")
            .await
    });
    blocked(&world, 1).await;
    let names = "SELECT application_name FROM pg_stat_activity \
        WHERE usename = 'gateway_login' AND datname = current_database() AND wait_event_type = 'Lock'";
    let name: String = sqlx::query_scalar(names)
        .fetch_one(world.admin())
        .await
        .expect("a session");
    assert_eq!(name, format!("{tenant} Overview"));
    assert_eq!(asking.await.expect("an answer").code(), "STATEMENT_TIMEOUT");
    lock.release().await;
}
