//! Who writes the rows may do that and no more.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::place::Place;

#[tokio::test]
async fn the_dispatcher_reads_no_words_and_resolves_in_nobodys_name() {
    let place = Place::new().await;
    place
        .oltp("INSERT INTO admin_system_events (event_type, description) VALUES ('made_by_hand', 'words of somebody')")
        .await;
    let url = place.server.url("gateway_login", "oltp");
    let mut connection = PgConnection::connect(&url).await.expect("the login role");
    let mut run = async |sql: &str| {
        let all = format!("BEGIN; SET LOCAL ROLE gateway_dispatcher; {sql}");
        let done = sqlx::raw_sql(AssertSqlSafe(all))
            .execute(&mut connection)
            .await;
        let back = sqlx::raw_sql("ROLLBACK").execute(&mut connection).await;
        back.expect("an end");
        done.map(|done| done.rows_affected())
            .map_err(|error| error.to_string())
    };
    let refused = [
        "SELECT description FROM admin_system_events",
        "SELECT details FROM admin_system_events",
        "UPDATE admin_system_events SET description = ''",
        "UPDATE admin_system_events SET resolved_by = NULL",
        "UPDATE admin_system_events SET tenant_id = NULL",
        "DELETE FROM admin_system_events",
    ];
    for sql in refused {
        let told = run(sql).await.expect_err(sql);
        assert!(told.contains("permission denied"), "{sql}: {told}");
    }
    // In a tenant it sees nothing.
    let seen = "SELECT id FROM admin_system_events";
    assert_eq!(run(seen).await, Ok(1));
    let tenant = format!(
        "SET LOCAL app.current_tenant_id = '{}'; {seen}",
        place.tenants[0]
    );
    assert_eq!(run(&tenant).await, Ok(0));
}
