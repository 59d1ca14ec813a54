//! The numbers, as Prometheus and a collector get them.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures::future::join_all;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use super::collector::Collector;
use crate::{
    cluster::Database,
    home::Home,
    serving::{PATIENCE, Serving},
};

const DOCUMENTATION: &str = include_str!("../../../../../docs/metrics.md");

async fn counted() -> Home {
    counted_of(&Database::demo().await)
}

pub fn counted_of(database: &Database) -> Home {
    let home = database.home();
    // Tenants' rules are statements, too, and each core prepares its own.
    home.with("GATEWAY_METRICS_ADDR", "127.0.0.1:0")
        .with("GATEWAY_CORES", "1")
        .with("GATEWAY_RATE_LIMITS", "false")
}

/// The page that the log names.
pub async fn page(serving: &Serving) -> String {
    let log = serving.logged("/metrics").await;
    let mut words = log.split_whitespace();
    let url = words.find(|word| word.starts_with("http://") && word.ends_with("/metrics"));
    let answer = reqwest::get(url.expect("the page's address")).await;
    answer.expect("the page").text().await.expect("text")
}

/// The value of the series with these labels, all of them as they stand on the page.
pub fn value(page: &str, name: &str, labels: &[&str]) -> Option<f64> {
    let mut lines = page.lines().filter(|line| {
        let series = line
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('{'));
        series && labels.iter().all(|label| line.contains(label))
    });
    lines.next()?.split(' ').next_back()?.parse().ok()
}

/// The families that a page says the types of.
fn families(page: &str) -> BTreeSet<&str> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split(' ').next()).collect()
}

#[tokio::test]
async fn requests_statements_and_connections_are_counted_as_they_were() {
    let serving = counted().await.serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    for _ in 0..3 {
        let document = "query Listed { companies(first: 2) { nodes { name } } }";
        serving.data(&token, document).await;
    }
    let refused = serving
        .post("no token", "query Listed { __typename }")
        .send();
    assert_eq!(refused.await.expect("an answer").status(), 401);

    let page = page(&serving).await;
    let requests = "gateway_request_duration_seconds_count";
    let listed = ["graphql_operation_name=\"Listed\"", "outcome=\"ok\""];
    assert_eq!(value(&page, requests, &listed), Some(3.0), "{page}");
    let none = ["graphql_operation_name=\"(none)\"", "outcome=\"refused\""];
    assert_eq!(value(&page, requests, &none), Some(1.0), "{page}");
    let oltp = ["db_client_connection_pool_name=\"requests/oltp\""];
    let of = |name| value(&page, name, &oltp);
    assert_eq!(of("gateway_db_statements_total"), Some(3.0), "{page}");
    // One more than a page has, which says whether there is a next.
    assert_eq!(of("gateway_db_rows_total"), Some(9.0), "{page}");
    // One of the first, to prepare its statement.
    assert_eq!(of("gateway_db_round_trips_total"), Some(4.0), "{page}");
    assert_eq!(of("db_client_connection_max"), Some(8.0), "{page}");
    let idle = [oltp[0], "db_client_connection_state=\"idle\""];
    let idle = value(&page, "db_client_connection_count", &idle);
    assert_eq!(idle, Some(1.0), "{page}");
    let prepared = |result| value(&page, "gateway_db_prepared_total", &[oltp[0], result]);
    assert_eq!(prepared("result=\"miss\""), Some(1.0), "{page}");
    assert_eq!(prepared("result=\"hit\""), Some(2.0), "{page}");
    let hits = ["cache=\"documents\"", "result=\"hit\""];
    let hits = value(&page, "gateway_cache_lookups_total", &hits);
    assert_eq!(hits, Some(2.0), "{page}");

    // Not where the API is.
    let public = reqwest::get(format!("{}/metrics", serving.base)).await;
    assert_eq!(public.expect("an answer").status(), 404);
    serving.stop("TERM").await;
}

#[tokio::test]
async fn what_is_asked_about_the_schema_again_is_found() {
    let serving = counted().await.serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    for _ in 0..3 {
        let document = "{ __schema { queryType { name } } }";
        serving.data(&token, document).await;
    }
    let page = page(&serving).await;
    for cache in ["documents", "introspections"] {
        let cache = format!("cache=\"{cache}\"");
        let of = |result| value(&page, "gateway_cache_lookups_total", &[&cache, result]);
        let found = [of("result=\"miss\""), of("result=\"hit\"")];
        assert_eq!(found, [Some(1.0), Some(2.0)], "{cache}: {page}");
    }
    serving.stop("TERM").await;
}

#[tokio::test]
async fn a_subscription_is_counted_for_as_long_as_it_is_open() {
    let serving = counted().await.serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    let open = async |wanted: u32| {
        let line = format!("gateway_subscriptions {wanted}");
        let seen = async {
            while !page(&serving).await.lines().any(|found| found == line) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let seen = timeout(PATIENCE, seen).await;
        assert!(seen.is_ok(), "{line}: {}", page(&serving).await);
    };
    open(0).await;
    let subscription = serving.post(&token, "subscription Live { campaigns { change } }");
    let stream = subscription.header("accept", "text/event-stream").send();
    let stream = stream.await.expect("an answer");
    assert_eq!(stream.status(), 200);
    open(1).await;
    drop(stream);
    open(0).await;
    serving.stop("TERM").await;
}

#[tokio::test]
async fn ten_thousand_names_are_a_hundred_series_and_one_for_the_rest() {
    const EACH: usize = 625;
    let serving = Arc::new(counted().await.serve(&[]).await);
    let token = serving.token("owner@acme.test", 0);
    let clients = (0..16).map(|client| {
        let (serving, token) = (Arc::clone(&serving), token.clone());
        async move {
            let http = reqwest::Client::new();
            for number in 0..EACH {
                let document = format!("query N{client}_{number} {{ __typename }}");
                let body = serde_json::json!({ "query": document });
                let request = http.post(format!("{}/graphql", serving.base));
                let answer = request.bearer_auth(&token).json(&body).send().await;
                let answer: Value = answer.expect("an answer").json().await.expect("JSON");
                assert_eq!(answer["data"]["__typename"], "Query", "{answer}");
            }
        }
    });
    join_all(clients).await;
    let page = page(&serving).await;
    let counts = page.lines().filter_map(|line| {
        let rest = line.strip_prefix("gateway_request_duration_seconds_count{")?;
        let count: f64 = rest.split(' ').next_back()?.parse().ok()?;
        Some((rest.contains("\"(other)\""), count))
    });
    let counts: Vec<(bool, f64)> = counts.collect();
    assert_eq!(counts.len(), 101, "{page}");
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<f64>(), 10_000.0);
    let others = counts.iter().find(|(is_other, _)| *is_other);
    assert_eq!(others, Some(&(true, 9_900.0)));
    let serving = Arc::into_inner(serving).expect("no client is left");
    serving.stop("TERM").await;
}

#[tokio::test]
async fn a_collector_is_sent_the_same_families_and_all_of_them_are_documented() {
    let collector = Collector::start().await;
    let home = collector.metrics_of(counted().await);
    let serving = home.with("GATEWAY_WORKER", "true").serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    serving
        .data(&token, "{ __schema { queryType { name } } }")
        .await;
    let measured = async {
        loop {
            let page = page(&serving).await;
            // The demo's jobs are done, and the queues were measured.
            if page.contains("gateway_job_duration") && page.contains("gateway_queue_due") {
                return page;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let page = timeout(PATIENCE, measured).await.expect("jobs are done");
    serving.stop("TERM").await;

    let documented = DOCUMENTATION.lines().filter_map(|line| {
        let name = line.strip_prefix("| `")?.split('`').next()?;
        Some(name)
    });
    let documented: BTreeSet<&str> = documented.collect();
    assert_eq!(families(&page), documented);

    let sent = collector.metrics();
    let requests = sent
        .iter()
        .find(|metric| metric.name == "gateway.request.duration");
    let requests = requests.expect("the last numbers are sent at the end");
    let Some(Data::Histogram(histogram)) = &requests.data else {
        panic!("a histogram: {requests:?}")
    };
    let counts = histogram.data_points.iter().map(|point| point.count);
    assert_eq!(counts.sum::<u64>(), 1);
    // Prometheus' names are those of OpenTelemetry with the unit, and `_total` for what only grows.
    let sent: BTreeSet<String> = sent
        .iter()
        .map(|metric| metric.name.replace('.', "_"))
        .collect();
    for family in families(&page)
        .into_iter()
        .filter(|family| *family != "target_info")
    {
        let name = family
            .trim_end_matches("_total")
            .trim_end_matches("_seconds");
        assert!(sent.contains(name), "{family} is not among {sent:?}");
    }
}
