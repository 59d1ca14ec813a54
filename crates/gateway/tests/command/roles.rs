//! A database of one's own, from nothing.

use sqlx::{Connection, PgConnection, Row};

use crate::cluster::Database;

#[tokio::test]
async fn a_superuser_s_url_makes_the_roles_with_the_passwords_of_the_others() {
    let database = Database::bare().await;
    let login = database
        .url("gateway_login")
        .replace("postgres://", "postgres://gateway_login:a%2Fb@127.0.0.1");
    let home = database.home().with("DATABASE_URL", login);
    let applied = home.run(&["migrate", "up"]).await.ok();
    assert!(applied.starts_with("applied  oltp       m"), "{applied}");
    let again = home.run(&["migrate", "up"]).await.ok();
    assert!(again.starts_with("nothing to do"), "{again}");
    let report = home.run(&["doctor"]).await.ok();
    assert!(report.contains("tenants are isolated"), "{report}");

    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    let stored = "SELECT (SELECT rolpassword FROM pg_authid WHERE rolname = $1) IS NOT NULL";
    for (role, expected) in [("gateway_login", true), ("gateway_migrator", false)] {
        let row = sqlx::query(stored)
            .bind(role)
            .fetch_one(&mut admin)
            .await
            .expect("a row");
        assert_eq!(row.get::<bool, _>(0), expected, "{role}");
    }
}
