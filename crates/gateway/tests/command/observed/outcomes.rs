//! How requests ended.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};

use super::{
    metrics::{counted_of, page, value},
    waits::until,
};
use crate::cluster::Database;

const REQUESTS: &str = "gateway_request_duration_seconds_count";

#[tokio::test]
async fn a_request_is_counted_by_how_it_ended() {
    let database = Database::demo().await;
    let serving = counted_of(&database).serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    let ask = async |document: &str| {
        let answer = serving.post(&token, document).send().await;
        answer.expect("an answer").status().as_u16()
    };
    assert_eq!(ask("query Fine { __typename }").await, 200);
    let wrong = "mutation Wrong { deleteTag(input: {id: \"tag_999999999\"}) { deletedId } }";
    assert_eq!(ask(wrong).await, 200);
    assert_eq!(ask("query Refused { nothing }").await, 400);

    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    admin
        .execute("BEGIN; LOCK TABLE companies IN ACCESS EXCLUSIVE MODE")
        .await
        .expect("a lock");
    let left = serving.post(
        &token,
        "query Left { companies(first: 1) { nodes { name } } }",
    );
    let left = left.timeout(Duration::from_millis(500)).send().await;
    assert!(left.expect_err("nobody waits").is_timeout());
    let labels = ["graphql_operation_name=\"Left\"", "outcome=\"aborted\""];
    until(&serving, REQUESTS, &labels, 1.0).await;
    admin.execute("ROLLBACK").await.expect("an end");

    // Who is a member can not be asked.
    admin
        .execute("ALTER TABLE tenant_users RENAME TO gone")
        .await
        .expect("another name");
    let failed = ask("query Failed { companies(first: 1) { nodes { name } } }").await;
    assert!((500..600).contains(&failed), "{failed}");

    let page = page(&serving).await;
    for (name, outcome) in [
        ("Fine", "ok"),
        ("Wrong", "errors"),
        ("Left", "aborted"),
        ("Failed", "failed"),
    ] {
        let name = format!("graphql_operation_name=\"{name}\"");
        let counted = value(&page, REQUESTS, &[&name, &format!("outcome=\"{outcome}\"")]);
        assert_eq!(counted, Some(1.0), "{name}: {page}");
        let all = page
            .lines()
            .filter(|line| line.starts_with(REQUESTS) && line.contains(&name));
        assert_eq!(all.count(), 1, "{name}: {page}");
    }
    let refused = value(&page, REQUESTS, &["outcome=\"refused\""]);
    assert_eq!(refused, Some(1.0), "{page}");
    serving.stop("TERM").await;
}
