//! Nobody changes the log: not by a grant, not under a policy, not as who owns the table.

use gateway_tests::World;
use migrations::Tier;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};

use super::{log, run, tenant};

const CHANGES: [&str; 3] = [
    "UPDATE admin_audit_log SET action = 'nothing', notes = NULL",
    "DELETE FROM admin_audit_log",
    "TRUNCATE admin_audit_log",
];

/// What a transaction of a role begins with: all settings that policies ask for, of the best that there is.
fn begin(role: &str, tenant: &str) -> String {
    format!(
        "BEGIN; SET LOCAL ROLE {role}; SET LOCAL app.current_tenant_id = '{tenant}'; SET LOCAL app.current_user_id = '{tenant}';
        SET LOCAL app.current_roles = 'owner,admin,member,billing'; SET LOCAL app.current_permissions = 'audit.read,tenants.read,queues.manage'"
    )
}

/// The error of a change, or how many rows it changed; nothing of it stays.
pub async fn changed(pool: &PgPool, before: &str, change: &str) -> Result<u64, String> {
    let mut connection = pool.acquire().await.expect("a connection");
    let connection: &mut PgConnection = &mut connection;
    sqlx::raw_sql(AssertSqlSafe(before))
        .execute(&mut *connection)
        .await
        .expect("a transaction");
    let done = sqlx::raw_sql(AssertSqlSafe(change))
        .execute(&mut *connection)
        .await;
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut *connection)
        .await
        .expect("an end");
    connection.ping().await.expect("a connection");
    let code = |error: sqlx::Error| {
        error
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap_or_default()
            .into_owned()
    };
    done.map(|done| done.rows_affected()).map_err(code)
}

/// 42501, insufficient_privilege: of the grants, and of the triggers.
const REFUSED: &str = "42501";

#[tokio::test]
async fn no_role_changes_or_removes_an_entry() {
    let world = World::demo().await;
    let acme = tenant(&world, "acme").to_string();
    run(
        &world,
        &format!(
            "INSERT INTO admin_audit_log (tenant_id, action, resource_type) VALUES ('{acme}', 'test.done', 'tests'), ('{acme}', 'test.done', 'tests')"
        ),
    )
    .await;
    let before = log(&world).await;
    let pool = world.admin_of(Tier::Analytics);
    for role in [
        "gateway_login",
        "gateway_staff",
        "gateway_worker",
        "gateway_dispatcher",
        "gateway_migrator",
        "gateway_owner",
    ] {
        for change in CHANGES {
            let refused = changed(pool, &begin(role, &acme), change).await;
            assert_eq!(refused, Err(REFUSED.to_owned()), "{role}: {change}");
        }
    }
    // Nor does the owner where it sets the policies aside, nor whom they do not ask: that is the triggers' doing.
    let unforced =
        begin("gateway_owner", &acme) + "; ALTER TABLE admin_audit_log NO FORCE ROW LEVEL SECURITY";
    for change in CHANGES {
        assert_eq!(
            changed(pool, &unforced, change).await,
            Err(REFUSED.to_owned()),
            "owner: {change}"
        );
        assert_eq!(
            changed(pool, "BEGIN", change).await,
            Err(REFUSED.to_owned()),
            "superuser: {change}"
        );
    }
    assert_eq!(log(&world).await, before);
}

/// The triggers refuse what a grant would let pass, so that the rights are looked at by themselves.
#[tokio::test]
async fn no_role_has_a_right_to_change_or_remove_an_entry() {
    let world = World::empty().await;
    let rights = "SELECT r.rolname::text, ARRAY(
            SELECT CASE WHEN has_table_privilege(r.oid, c.oid, p) THEN p ELSE p || ' of columns' END
            FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) WITH ORDINALITY AS of (p, place)
            WHERE has_table_privilege(r.oid, c.oid, p)
                OR (p IN ('SELECT', 'INSERT', 'UPDATE') AND has_any_column_privilege(r.oid, c.oid, p)) ORDER BY place)
        FROM pg_roles r, pg_class c
        WHERE c.oid = 'admin_audit_log'::regclass AND r.rolname LIKE 'gateway%' AND NOT r.rolsuper
            AND NOT pg_has_role(r.oid, c.relowner, 'MEMBER') ORDER BY 1";
    let found: Vec<(String, Vec<String>)> = sqlx::query_as(rights)
        .fetch_all(world.admin_of(Tier::Analytics))
        .await
        .expect("rights");
    let expected: [(&str, &[&str]); 5] = [
        ("gateway_dispatcher", &[]),
        ("gateway_feed", &[]),
        ("gateway_login", &[]),
        ("gateway_staff", &["SELECT"]),
        ("gateway_worker", &["SELECT of columns", "INSERT"]),
    ];
    let owned = |list: &[&str]| list.iter().map(|right| (*right).to_owned()).collect();
    let expected = expected.map(|(role, rights)| (role.to_owned(), owned(rights)));
    assert_eq!(found, expected);
}

#[tokio::test]
async fn nobody_adds_an_entry_but_the_platforms_work_in_its_tenant() {
    let world = World::demo().await;
    let (acme, globex) = (
        tenant(&world, "acme").to_string(),
        tenant(&world, "globex").to_string(),
    );
    let pool = world.admin_of(Tier::Analytics);
    let add = |tenant: &str| {
        format!(
            "INSERT INTO admin_audit_log (tenant_id, action, resource_type) VALUES ('{tenant}', 'test.done', 'tests')"
        )
    };
    for role in [
        "gateway_login",
        "gateway_staff",
        "gateway_dispatcher",
        "gateway_migrator",
    ] {
        assert_eq!(
            changed(pool, &begin(role, &acme), &add(&acme)).await,
            Err(REFUSED.to_owned()),
            "{role}"
        );
    }
    assert_eq!(
        changed(pool, &begin("gateway_worker", &acme), &add(&globex)).await,
        Err(REFUSED.to_owned())
    );
    assert_eq!(
        changed(pool, &begin("gateway_worker", &acme), &add(&acme)).await,
        Ok(1)
    );
}

#[tokio::test]
async fn staff_with_the_permission_read_it_and_nobody_else() {
    let world = World::demo().await;
    let acme = tenant(&world, "acme");
    run(
        &world,
        &format!(
            "INSERT INTO admin_audit_log (tenant_id, action, resource_type, happened)
            SELECT '{acme}', 'test.done', 'tests', '2001-01-01Z'::timestamptz + n * interval '1 minute' FROM generate_series(1, 3) AS n"
        ),
    )
    .await;
    let demo = world.demo.as_ref().expect("a demo world");
    let query = "{ auditLog(filter: {action: {eq: \"test.done\"}}) { totalCount nodes { id action resourceType tenantId happened } } }";
    let staff = world.staff(demo.staff.id);
    let found = staff.data(query).await["auditLog"].take();
    assert_eq!(found["totalCount"], 3, "{found}");
    assert_eq!(
        json!([found["nodes"][0]["happened"], found["nodes"][0]["tenantId"]]),
        json!([
            "2001-01-01T00:03:00+00:00",
            entity::id::TenantId::from(acme).to_string()
        ])
    );
    let one = format!(
        "{{ auditLogEntry(id: {}) {{ action }} }}",
        found["nodes"][0]["id"]
    );
    assert_eq!(
        staff.data(&one).await["auditLogEntry"]["action"],
        "test.done"
    );
    for query in [query, &one] {
        assert_eq!(world.owner("acme").query(query).await.code(), "FORBIDDEN");
    }
    let take = "DELETE FROM staff_role_permissions WHERE permission_id = (SELECT id FROM permissions WHERE name = 'audit.read')";
    sqlx::query(take)
        .execute(world.admin())
        .await
        .expect("a permission that is taken");
    assert_eq!(staff.data(query).await["auditLog"]["totalCount"], 0);
}
