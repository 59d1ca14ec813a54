//! How requests ended.

use std::time::Duration;

use sqlx::Executor;

use super::{
    metrics::{counted_of, page, value},
    waits::{holding_companies, until},
};
use crate::cluster::Database;

const OTHER: &str = "graphql_operation_name=\"(other)\"";
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
    let wrong = "mutation Wrong { deleteTag(input: {id: \"tag_999999999\"}) { id } }";
    assert_eq!(ask(wrong).await, 200);
    // Who takes JSON alone is told of a mistake with 200.
    let refused = serving.post(&token, "query Refused { nothing }");
    let refused = refused.header("accept", "application/graphql-response+json");
    assert_eq!(refused.send().await.expect("an answer").status(), 400);

    let mut admin = holding_companies(&database).await;
    let left = serving.post(
        &token,
        "query Left { companies(first: 1) { nodes { name } } }",
    );
    let left = left.timeout(Duration::from_secs(2)).send().await;
    assert!(left.expect_err("nobody waits").is_timeout());
    // One that is not answered takes no room among the names.
    let labels = [OTHER, "outcome=\"aborted\""];
    until(&serving, REQUESTS, &labels, 1.0).await;
    admin.execute("ROLLBACK").await.expect("an end");

    // There is no connection to be had any more.
    admin
        .execute(
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', current_database()); END $$;
            SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .expect("a superuser may");
    let failed = ask("query Failed { companies(first: 1) { nodes { name } } }").await;
    assert_eq!(failed, 503);

    let page = page(&serving).await;
    for (name, outcome) in [("Fine", "ok"), ("Wrong", "errors")] {
        let name = format!("graphql_operation_name=\"{name}\"");
        let counted = value(&page, REQUESTS, &[&name, &format!("outcome=\"{outcome}\"")]);
        assert_eq!(counted, Some(1.0), "{name}: {page}");
        let all = page
            .lines()
            .filter(|line| line.starts_with(REQUESTS) && line.contains(&name));
        assert_eq!(all.count(), 1, "{name}: {page}");
    }
    // It is counted with what was waited for in it.
    let seconds = value(&page, "gateway_request_duration_seconds_sum", &labels);
    assert!(seconds.is_some_and(|seconds| seconds > 1.0), "{page}");
    for outcome in ["aborted", "failed", "refused"] {
        let outcome = format!("outcome=\"{outcome}\"");
        let counted = value(&page, REQUESTS, &[OTHER, &outcome]);
        assert_eq!(counted, Some(1.0), "{outcome}: {page}");
    }
    serving.stop("TERM").await;
}

/// Names that cost nothing more than to make them up.
#[tokio::test]
async fn what_is_refused_takes_no_name_from_what_is_run() {
    let serving = counted_of(&Database::demo().await).serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    for number in 0..120 {
        let document = format!("subscription S{number} {{ campaigns {{ change }} }}");
        let request = serving.post(&token, &document);
        let answer = request.header("accept", "application/json").send().await;
        assert_eq!(answer.expect("an answer").status(), 406);
    }
    serving.data(&token, "query Mine { __typename }").await;
    let page = page(&serving).await;
    let of = |name: &str, outcome: &str| {
        let name = format!("graphql_operation_name=\"{name}\"");
        value(&page, REQUESTS, &[&name, &format!("outcome=\"{outcome}\"")])
    };
    assert_eq!(of("(other)", "refused"), Some(120.0), "{page}");
    assert_eq!(of("Mine", "ok"), Some(1.0), "{page}");
    serving.stop("TERM").await;
}
