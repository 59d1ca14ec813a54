//! Too many requests at once, and statements that take too long.

use std::time::Duration;

use futures::future::join;
use gateway_tests::{Options, World};
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::{
    backends::{blocked, settled},
    lock::Lock,
};

const QUERY: &str = "{ campaigns(first: 1) { totalCount } }";

#[tokio::test]
async fn a_request_that_gets_no_connection_in_time_is_told_to_come_back() {
    let options = Options {
        max_connections: Some(1),
        acquire_timeout: Some(Duration::from_secs(1)),
        ..Options::default()
    };
    let world = World::demo_with(options).await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let lock = Lock::on(&world, "campaigns").await;
    let turned_away = async {
        blocked(&world, 1).await;
        let answer = globex.query(QUERY).await;
        lock.release().await;
        answer
    };
    let (held, busy) = join(acme.query(QUERY), turned_away).await;
    held.data();
    assert_eq!((busy.status, busy.code()), (503, "BUSY"));
    assert_eq!(busy.headers["retry-after"], "1");
    assert_eq!(
        busy.body,
        json!({ "errors": [{
            "message": "all database connections are in use; try again in a moment",
            "extensions": { "code": "BUSY" }
        }] })
    );
    settled(&world).await;
    globex.data(QUERY).await;
}

#[tokio::test]
async fn a_statement_beyond_the_roles_time_out_is_named() {
    let world = World::demo().await;
    let limit = format!(
        "ALTER ROLE gateway_login IN DATABASE {} SET statement_timeout = '1s'",
        world.database
    );
    sqlx::raw_sql(AssertSqlSafe(limit))
        .execute(world.admin())
        .await
        .expect("a superuser may");
    let acme = world.owner("acme");
    let lock = Lock::on(&world, "campaigns").await;
    let answer = acme
        .query("{ viewer { tenant { name } } campaigns(first: 1) { nodes { name } } }")
        .await;
    lock.release().await;
    assert_eq!(
        (answer.status, answer.code()),
        (200, "STATEMENT_TIMEOUT"),
        "{}",
        answer.body
    );
    assert_eq!(
        answer.body["errors"][0]["path"],
        json!(["campaigns", "nodes"])
    );
    assert_eq!(
        answer.body["errors"][0]["message"],
        "the database took too long; ask for fewer rows or a narrower filter"
    );
    acme.data(QUERY).await;
}
