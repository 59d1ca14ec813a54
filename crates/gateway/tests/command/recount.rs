//! `gateway recount`.

use migrations::Tier;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{cluster::Database, home::Home};

/// Messages of a tenant that went out of a mailbox, as they say themselves, and as they were counted.
async fn sent(database: &Database, tenant: &str) -> (i64, i64) {
    let mut oltp = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    let id = sqlx::query_scalar("SELECT id::text FROM tenants WHERE name = $1").bind(tenant);
    let id: String = id.fetch_one(&mut oltp).await.expect("the tenant");
    let said = format!(
        "SELECT count(sent) FROM email_messages WHERE direction = 'outbound' AND email_account_id IS NOT NULL AND tenant_id = '{id}'"
    );
    let counted = format!(
        "SELECT coalesce(sum(sent), 0)::bigint FROM mailbox_analytics WHERE tenant_id = '{id}'"
    );
    (
        number(database, Tier::Content, said).await,
        number(database, Tier::Analytics, counted).await,
    )
}

async fn number(database: &Database, tier: Tier, sql: String) -> i64 {
    let mut admin = PgConnection::connect(&database.admin_url_of(tier))
        .await
        .expect("a connection");
    let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut admin);
    number.await.expect("a number")
}

#[tokio::test]
async fn a_tenant_is_counted_by_its_name_and_no_other() {
    let database = Database::demo().await;
    let home = database.home();
    let told = home.run(&["recount", "--tenant", "acme"]).await.ok();
    assert!(told.starts_with("all is counted"), "{told}");
    let (said, counted) = sent(&database, "acme").await;
    assert!(said > 0 && said == counted, "{said} {counted}");
    assert_eq!(sent(&database, "globex").await.1, 0);
}

#[tokio::test]
async fn whoever_is_not_there_is_not_counted() {
    let home: Home = Database::demo().await.home();
    let told = home
        .run(&["recount", "--tenant", "nobody"])
        .await
        .sentence();
    assert!(told.contains("there is no tenant nobody"), "{told}");
    let blind = home.without("GATEWAY_ADMIN_URL");
    let told = blind.run(&["recount", "--tenant", "acme"]).await.sentence();
    assert!(told.contains("give an id"), "{told}");
}
