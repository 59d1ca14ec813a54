//! The roles are what the promise needs, and become so again.

use embedded::Server;
use futures::future::join_all;
use gateway_tests::cluster;
use migrations::Passwords;
use sqlx::{Connection, PgConnection};

use super::fresh::Fresh;

/// Who may what: name, login, inherits, any power over others, and whom each may become.
const ROLES: &str = r"
SELECT rolname::text, rolcanlogin, rolinherit, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,
    ARRAY(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid ORDER BY 1)
FROM pg_roles r WHERE rolname LIKE 'gateway\_%' ORDER BY 1";

type Role = (String, bool, bool, bool, Vec<String>);

async fn expect_roles(connection: &mut PgConnection) {
    let roles: Vec<Role> = sqlx::query_as(ROLES)
        .fetch_all(connection)
        .await
        .expect("roles");
    let role = |name: &str, login, inherits, members: &[&str]| {
        let members = members.iter().map(|&member| member.to_owned()).collect();
        (name.to_owned(), login, inherits, false, members)
    };
    let expected = [
        role("gateway_dispatcher", false, true, &[]),
        role("gateway_feed", false, true, &[]),
        role(
            "gateway_login",
            true,
            false,
            &[
                "gateway_dispatcher",
                "gateway_feed",
                "gateway_staff",
                "gateway_worker",
            ],
        ),
        role("gateway_migrator", true, true, &["gateway_owner"]),
        role("gateway_owner", false, true, &[]),
        role("gateway_staff", false, true, &[]),
        role("gateway_worker", false, true, &[]),
    ];
    assert_eq!(roles, expected);
}

#[tokio::test]
async fn the_login_role_owns_nothing_and_may_make_nothing() {
    // Not a copy of a template: grants on a database are not copied with it.
    let fresh = Fresh::new("roles").await;
    migrations::up(migrations::Tier::Oltp, &fresh.migrator, None)
        .await
        .expect("all migrations");
    let mut admin = fresh.connect().await;
    expect_roles(&mut admin).await;
    let owned: Vec<String> = sqlx::query_scalar(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relowner <> 'gateway_owner'::regrole
         UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'gateway_owner'::regrole",
    )
    .fetch_all(&mut admin)
    .await
    .expect("the catalog");
    assert_eq!(owned, Vec::<String>::new());
    let url = cluster().await.server.url("gateway_login", "roles");
    let mut login = PgConnection::connect(&url).await.expect("a connection");
    for forbidden in [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE leads DISABLE ROW LEVEL SECURITY",
        "SET ROLE gateway_owner",
        "SET SESSION AUTHORIZATION postgres",
        "TRUNCATE leads",
    ] {
        let error = sqlx::raw_sql(forbidden)
            .execute(&mut login)
            .await
            .expect_err(forbidden);
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .map(String::from);
        assert_eq!(code.as_deref(), Some("42501"), "{forbidden}: {error}");
    }
    let limits: (String, String) =
        sqlx::query_as("SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')")
            .fetch_one(&mut login)
            .await
            .expect("limits");
    assert_eq!(limits, ("30s".to_owned(), "1min".to_owned()));
}

/// Roles belong to the whole server, so this one has a server of its own.
#[tokio::test]
async fn roles_that_were_changed_are_corrected() {
    let folder = tempfile::Builder::new()
        .prefix("gwr")
        .tempdir()
        .expect("a temporary folder");
    let server = Server::start(embedded::Options::scratch(folder.path()))
        .await
        .expect("PostgreSQL starts");
    let databases = ["one", "two", "three"];
    for database in databases {
        server.create_database(database).await.expect("a database");
    }
    let mut admin = PgConnection::connect(&server.superuser_url("one"))
        .await
        .expect("a connection");
    let sabotages = [
        "SELECT", // nothing: the roles are not there yet
        "ALTER ROLE gateway_login BYPASSRLS",
        "ALTER ROLE gateway_staff SUPERUSER LOGIN CREATEROLE",
        "ALTER ROLE gateway_login INHERIT REPLICATION; GRANT gateway_owner TO gateway_login",
        "GRANT pg_read_all_data TO gateway_staff; ALTER ROLE gateway_owner LOGIN CREATEDB",
        "REVOKE gateway_staff FROM gateway_login; REVOKE gateway_owner FROM gateway_migrator",
    ];
    for sabotage in sabotages {
        sqlx::raw_sql(sabotage)
            .execute(&mut admin)
            .await
            .expect("a superuser may");
        let urls = databases.map(|database| server.superuser_url(database));
        let passwords = Passwords::default();
        for run in join_all(
            urls.iter()
                .map(|url| migrations::prepare_roles(url, &passwords)),
        )
        .await
        {
            run.expect("runs at the same time do not fail");
        }
        expect_roles(&mut admin).await;
    }
    admin.close().await.expect("the end of the session");
    server.stop().await.expect("an end");
}
