//! What the gateway asks of others is part of a trace, and says so.

use opentelemetry_proto::tonic::trace::v1::Span;

use super::{
    capture::{Capture, Captured},
    collector::{Collector, hex, number},
};
use crate::{cluster::Database, home::Home};

const KEY: &str = "a key of tests only, which is long enough";

/// One that misses a Redis, and tells somebody.
async fn missing_redis(alerts: &Capture) -> Home {
    let home = Database::demo().await.home();
    home.with("REDIS_URL", "redis://127.0.0.1:1")
        .with("GATEWAY_EVENTS_INTERVAL_SECONDS", "1")
        .with("GATEWAY_ALERT_WEBHOOK_URL", alerts.url("http", "user"))
        .with("GATEWAY_ALERT_WEBHOOK_KEY", KEY)
}

/// The span that a request says it comes of.
fn parent<'s>(spans: &'s [Span], request: &Captured) -> &'s Span {
    let header = request.headers.get("traceparent");
    let header = header.expect("a trace").to_str().expect("text");
    let told =
        |span: &&Span| format!("00-{}-{}-01", hex(&span.trace_id), hex(&span.span_id)) == header;
    let found = spans.iter().find(told);
    found.unwrap_or_else(|| panic!("{header} is none of {spans:#?}"))
}

#[tokio::test]
async fn an_alert_is_sent_in_the_trace_of_what_saw_the_incident() {
    let (collector, alerts) = (Collector::start().await, Capture::start().await);
    // Each attempt is a request of its own.
    alerts.answer_next([(500, None)]);
    let home = collector.spans_of(missing_redis(&alerts).await);
    let serving = home.serve(&[]).await;
    let told = alerts.until(|requests| requests.len() > 1).await;
    serving.stop("TERM").await;

    let spans = collector.spans();
    let [failed, sent] = [&told[0], &told[1]].map(|request| parent(&spans, request));
    assert_ne!(failed.span_id, sent.span_id);
    for (span, status) in [(failed, 500), (sent, 200)] {
        assert_eq!((&*span.name, span.kind), ("POST alert", 3), "a client's");
        let answered = number(&span.attributes, "http.response.status_code");
        assert_eq!(answered, Some(status));
        let look = spans
            .iter()
            .find(|look| look.span_id == span.parent_span_id);
        let look = look.expect("what wrote the row");
        assert_eq!((&*look.name, &look.trace_id), ("watch", &span.trace_id));
        let mut transactions = spans.iter().filter(|of| of.parent_span_id == look.span_id);
        assert!(transactions.any(|of| of.name == "transaction oltp"));
    }
}

#[tokio::test]
async fn an_alert_that_waits_when_the_gateway_stops_is_sent() {
    let alerts = Capture::start().await;
    alerts.answer_next([(500, None)]);
    let serving = missing_redis(&alerts).await.serve(&[]).await;
    alerts.until(|requests| !requests.is_empty()).await;
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let told = alerts.requests();
    // What is about something else may be told before it.
    let again = told.iter().skip(1).any(|later| later.text == told[0].text);
    assert!(again, "{told:#?}");
}

#[tokio::test]
async fn events_are_sent_in_a_trace_of_their_own() {
    let (collector, platform) = (Collector::start().await, Capture::start().await);
    let home = collector.spans_of(Database::demo().await.home());
    let home = home.with(
        "GATEWAY_EVENTS_URL",
        platform.url("posthog+http", "phc_key"),
    );
    let ended = home.serve(&[]).await.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let spans = collector.spans();
    for request in platform.requests() {
        let span = parent(&spans, &request);
        assert_eq!((&*span.name, span.kind), ("POST events", 3), "a client's");
        assert!(span.parent_span_id.is_empty(), "{span:#?}");
    }
    assert!(
        !platform.requests().is_empty(),
        "a process tells at its end"
    );
}

#[tokio::test]
async fn without_a_collector_nobody_is_told_of_a_trace() {
    let alerts = Capture::start().await;
    let serving = missing_redis(&alerts).await.serve(&[]).await;
    let told = alerts.until(|requests| !requests.is_empty()).await;
    serving.stop("TERM").await;
    assert!(!told[0].headers.contains_key("traceparent"), "{told:#?}");
}
