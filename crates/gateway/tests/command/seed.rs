//! `gateway seed`.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{cluster::Database, home::Home};

const SMALL: [&str; 5] = ["seed", "--tenants", "3", "--leads-per-tenant", "50"];

#[tokio::test]
async fn data_is_written_while_the_gateway_serves_and_its_owners_can_sign_in() {
    let home = Home::with_data().await;
    let serving = home.serve(&[]).await;
    let report = home.run(&SMALL).await.ok();
    assert!(
        report.contains("150  leads\n") && report.contains("3 tenants and their owners"),
        "{report}"
    );
    // The last line is a command: the gateway is asked with the token that it prints.
    let line = report.lines().last().expect("a line");
    let token = home.shell(line).await.ok();
    let data = serving
        .data(token.trim(), "{ leads { totalCount } viewer { roles } }")
        .await;
    assert_eq!(data["leads"]["totalCount"], 50, "{data}");
    assert_eq!(
        data["viewer"]["roles"].to_string().to_lowercase(),
        "[\"owner\"]",
        "{data}"
    );

    let again = home.run(&SMALL).await;
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stderr.contains("another seed"), "{again:?}");
    serving.stop("TERM").await;
}

/// A digest of all rows of a table.
async fn digest(database: &Database, table: &str) -> String {
    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    let sql =
        format!("SELECT md5(string_agg(row::text, ';' ORDER BY row::text)) FROM {table} AS row");
    let digest: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_one(&mut admin)
        .await
        .expect("a digest");
    digest.expect("rows")
}

#[tokio::test]
async fn the_same_numbers_give_the_same_rows() {
    let databases = [
        Database::bare().await,
        Database::bare().await,
        Database::bare().await,
    ];
    for (database, seed) in databases.iter().zip(["7", "7", "8"]) {
        let home = database.home();
        home.run(&["migrate", "up"]).await.ok();
        home.run(&[&SMALL[..], &["--seed", seed]].concat())
            .await
            .ok();
    }
    for table in [
        "tenants",
        "users",
        "leads",
        "campaigns",
        "campaign_sequence_steps",
        "payments",
    ] {
        let [one, two, other] = &databases;
        let one = digest(one, table).await;
        assert_eq!(one, digest(two, table).await, "{table}");
        assert_ne!(one, digest(other, table).await, "{table}");
    }
}
