//! `doctor` finds whatever would break the isolation, and nothing else.

use gateway_tests::{World, cluster};
use sqlx::AssertSqlSafe;
use tenant::{Database, DatabaseOptions};

/// What is done to a table, how it is undone, and what the finding says.
const TABLES: [[&str; 3]; 15] = [
    [
        "ALTER TABLE leads DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE leads ENABLE ROW LEVEL SECURITY",
        "table leads: has no row level security",
    ],
    [
        "ALTER TABLE leads NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE leads FORCE ROW LEVEL SECURITY",
        "table leads: does not force row level security on its owner",
    ],
    [
        "GRANT UPDATE ON plans TO gateway_login",
        "REVOKE UPDATE ON plans FROM gateway_login",
        "table plans: grants UPDATE but has no policy for it",
    ],
    [
        "GRANT DELETE ON users TO PUBLIC; DROP POLICY users_isolation ON users; CREATE POLICY users_isolation ON users FOR SELECT USING (id = current_setting('app.current_user_id')::uuid)",
        "REVOKE DELETE ON users FROM PUBLIC",
        "table users: grants DELETE but has no policy for it",
    ],
    [
        "GRANT INSERT (name) ON plans TO gateway_staff",
        "REVOKE INSERT (name) ON plans FROM gateway_staff",
        "table plans: grants INSERT but has no policy for it",
    ],
    [
        "GRANT TRUNCATE ON leads TO gateway_login",
        "REVOKE TRUNCATE ON leads FROM gateway_login",
        "table leads: may be truncated",
    ],
    [
        "CREATE TABLE notes (id int); GRANT SELECT ON notes TO gateway_login; ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "DROP TABLE notes",
        "table notes: grants SELECT but has no policy for it",
    ],
    [
        "CREATE TABLE notes (id int); GRANT SELECT ON notes TO gateway_login; ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY few ON notes AS RESTRICTIVE USING (true)",
        "DROP TABLE notes",
        "table notes: grants SELECT but has no policy for it",
    ],
    [
        "DROP POLICY leads_delete_by_role ON leads",
        "CREATE POLICY leads_delete_by_role ON leads AS RESTRICTIVE FOR DELETE USING ((SELECT current_setting('app.current_roles')) = 'owner')",
        "table leads: lets every member DELETE",
    ],
    [
        "CREATE TABLE notes (id int)",
        "DROP TABLE notes",
        "table notes: has no row level security",
    ],
    [
        "CREATE VIEW all_leads AS SELECT * FROM leads; GRANT SELECT ON all_leads TO gateway_login",
        "DROP VIEW all_leads",
        "table all_leads: is a view or foreign table that reads with its owner's rights",
    ],
    [
        "CREATE MATERIALIZED VIEW all_leads AS SELECT * FROM leads; GRANT SELECT ON all_leads TO gateway_staff",
        "DROP MATERIALIZED VIEW all_leads",
        "table all_leads: is a view or foreign table that reads with its owner's rights",
    ],
    [
        "ALTER TABLE tenant_users DROP CONSTRAINT tenant_users_user_id_fkey",
        "ALTER TABLE tenant_users ADD CONSTRAINT tenant_users_user_id_fkey FOREIGN KEY (user_id, user_live) REFERENCES users (id, live) ON UPDATE CASCADE",
        "table tenant_users: is not told any more what user_live says",
    ],
    [
        "ALTER TABLE tenants DISABLE TRIGGER ALL",
        "ALTER TABLE tenants ENABLE TRIGGER ALL",
        "table tenant_users: is not told any more what tenant_live says",
    ],
    [
        "CREATE SCHEMA side; CREATE TABLE side.notes (id int); GRANT SELECT ON side.notes TO gateway_login",
        "DROP SCHEMA side CASCADE",
        "table side.notes: has no row level security",
    ],
];

/// What is done to make a role that breaks the promise, and what is found of it. The role is the test's own.
const ROLES: [[&str; 2]; 5] = [
    [
        "CREATE ROLE unsound LOGIN BYPASSRLS",
        "role unsound: has BYPASSRLS",
    ],
    [
        "CREATE ROLE unsound LOGIN SUPERUSER",
        "role unsound: is a superuser",
    ],
    [
        "CREATE ROLE unsound LOGIN; CREATE SCHEMA theirs AUTHORIZATION unsound",
        "role unsound: owns a schema",
    ],
    [
        "CREATE ROLE unsound LOGIN; CREATE TABLE theirs (id int); ALTER TABLE theirs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; ALTER TABLE theirs OWNER TO unsound",
        "role unsound: owns tables",
    ],
    [
        "CREATE ROLE unsound LOGIN NOINHERIT; GRANT gateway_owner TO unsound",
        "role gateway_owner: owns tables",
    ],
];

/// The findings, as the role sees the database.
async fn inspect(world: &World, role: &str) -> Vec<String> {
    let url = cluster().await.server.url(role, &world.database);
    let database = Database::new(&url, &DatabaseOptions::default()).expect("a PostgreSQL URL");
    let inspection = database.inspect().await.expect("an inspection");
    assert_eq!(inspection.role, role);
    assert!(inspection.tables >= 33, "{} tables", inspection.tables);
    database.close().await;
    inspection
        .findings
        .iter()
        .map(ToString::to_string)
        .collect()
}

async fn run(world: &World, sql: &'static str) {
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(world.admin())
        .await
        .expect(sql);
}

#[tokio::test]
async fn a_fresh_database_is_sound_and_every_open_table_is_found() {
    let world = World::empty().await;
    assert_eq!(inspect(&world, "gateway_login").await, [""; 0]);
    for [sabotage, undo, expected] in TABLES {
        run(&world, sabotage).await;
        let findings = inspect(&world, "gateway_login").await;
        assert!(
            findings.iter().any(|finding| finding.starts_with(expected)),
            "{sabotage}: {findings:?}"
        );
        run(&world, undo).await;
        assert_eq!(
            inspect(&world, "gateway_login").await,
            [""; 0],
            "after {undo}"
        );
    }
}

#[tokio::test]
async fn a_view_that_keeps_the_readers_rights_is_no_finding() {
    let world = World::empty().await;
    run(&world, "CREATE VIEW my_leads WITH (security_invoker = true) AS SELECT * FROM leads; GRANT SELECT ON my_leads TO gateway_login")
        .await;
    assert_eq!(inspect(&world, "gateway_login").await, [""; 0]);
}

#[tokio::test]
async fn a_role_that_no_policy_binds_is_found() {
    let world = World::empty().await;
    for [sabotage, expected] in ROLES {
        run(&world, sabotage).await;
        let findings = inspect(&world, "unsound").await;
        run(&world, "DROP OWNED BY unsound CASCADE; DROP ROLE unsound").await;
        assert!(
            findings.iter().any(|finding| finding.starts_with(expected)),
            "{sabotage}: {findings:?}"
        );
    }
}
