//! A trace from HTTP to the statements, and on to the jobs.

use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};

use super::collector::{Collector, hex, number, text};
use crate::{cluster::Database, serving::Serving};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

const DOCUMENT: &str = "query Traced {
    campaigns(filter: {name: {eq: \"needle-in-no-span\"}}) { nodes { name } }
    messages(first: 1, filter: {subject: {eq: \"needle-in-no-span\"}}) { nodes { subject } }
}";

/// Asks as part of a trace of the caller's; the answer's headers and data.
async fn ask(serving: &Serving, document: &str) -> (reqwest::header::HeaderMap, Value) {
    let token = serving.token("owner@acme.test", 0);
    let request = serving
        .post(&token, document)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    let answer = request.send().await.expect("an answer");
    let headers = answer.headers().clone();
    let body: Value = answer.json().await.expect("JSON");
    assert!(body.get("errors").is_none(), "{body:#}");
    (headers, body["data"].clone())
}

fn children<'s>(spans: &'s [Span], parent: &Span) -> Vec<&'s Span> {
    let of =
        |span: &&Span| span.trace_id == parent.trace_id && span.parent_span_id == parent.span_id;
    spans.iter().filter(of).collect()
}

fn only<'s>(spans: &[&'s Span], name: &str) -> &'s Span {
    let mut named = spans.iter().filter(|span| span.name == name);
    match (named.next(), named.next()) {
        (Some(span), None) => span,
        _ => panic!("not one {name} in {spans:#?}"),
    }
}

#[tokio::test]
async fn a_request_is_one_trace_down_to_its_statements() {
    let collector = Collector::start().await;
    let home = collector.spans_of(Database::demo().await.home());
    let home = home.with("GATEWAY_TRUSTED_PROXIES", "127.0.0.1/32");
    let serving = home.serve(&[]).await;
    let (headers, _) = ask(&serving, DOCUMENT).await;
    serving.stop("TERM").await;

    let spans = collector.spans();
    let traced = spans.iter().filter(|span| hex(&span.trace_id) == TRACE);
    let traced: Vec<&Span> = traced.collect();
    let request = only(&traced, "POST /graphql");
    assert_eq!(hex(&request.parent_span_id), CALLER);
    assert_eq!(request.kind, 2, "a server's");
    assert_eq!(
        headers["traceresponse"],
        format!("00-{TRACE}-{}-01", hex(&request.span_id))
    );
    assert_eq!(text(&request.attributes, "http.route"), Some("/graphql"));
    let status = number(&request.attributes, "http.response.status_code");
    assert_eq!(status, Some(200));
    let tenant = text(&request.attributes, "tenant.id");
    assert!(tenant.is_some_and(|tenant| tenant.starts_with("tnt_")));

    let operation = only(&children(&spans, request), "query Traced");
    assert_eq!(
        text(&operation.attributes, "graphql.operation.name"),
        Some("Traced")
    );
    let transactions = children(&spans, operation);
    assert_eq!(transactions.len(), 2, "{transactions:#?}");
    for (tier, table) in [("oltp", "campaigns"), ("content", "email_messages")] {
        let transaction = only(&transactions, &format!("transaction {tier}"));
        let tenant = text(&transaction.attributes, "tenant.id");
        assert!(tenant.is_some_and(|tenant| tenant.starts_with("tnt_")));
        let statement = only(&children(&spans, transaction), "SELECT");
        assert_eq!(statement.kind, 3, "a client's");
        let of = |key| text(&statement.attributes, key);
        assert_eq!(of("db.system.name"), Some("postgresql"));
        assert_eq!(of("db.operation.name"), Some("SELECT"));
        assert!(of("db.namespace").is_some(), "{statement:#?}");
        let query = of("db.query.text").unwrap_or_default();
        assert!(query.contains(&format!("FROM \"{table}\"")), "{query}");
        assert!(query.contains("$1"), "{query}");
        let rows = number(&statement.attributes, "db.response.returned_rows");
        assert_eq!(rows, Some(0));
    }
    let sent = format!("{spans:?}");
    assert!(!sent.contains("needle-in-no-span"), "a value is in a span");
}

#[tokio::test]
async fn a_strangers_trace_is_a_link_and_not_the_parent() {
    let collector = Collector::start().await;
    let home = collector.spans_of(Database::demo().await.home());
    let serving = home.serve(&[]).await;
    ask(&serving, DOCUMENT).await;
    serving.stop("TERM").await;

    let spans = collector.spans();
    let all: Vec<&Span> = spans.iter().collect();
    let request = only(&all, "POST /graphql");
    assert!(request.parent_span_id.is_empty(), "{request:#?}");
    assert_ne!(hex(&request.trace_id), TRACE);
    let links: Vec<String> = request
        .links
        .iter()
        .map(|link| hex(&link.trace_id))
        .collect();
    assert_eq!(links, [TRACE]);
}

#[tokio::test]
async fn a_job_is_linked_with_the_mutation_that_it_came_of() {
    let collector = Collector::start().await;
    let home = collector.spans_of(Database::demo().await.home());
    let home = home.with("GATEWAY_WORKER", "true");
    let serving = home.serve(&[]).await;
    let drafts = "{ campaigns(first: 1, filter: {status: {eq: DRAFT}}) { nodes { id } } }";
    let (_, data) = ask(&serving, drafts).await;
    let id = &data["campaigns"]["nodes"][0]["id"];
    let start =
        format!("mutation Begin {{ startCampaign(input: {{id: {id}}}) {{ campaign {{ id }} }} }}");
    ask(&serving, &start).await;

    let mutation = collector.span(|span| span.name == "mutation Begin").await;
    let linked = |span: &Span| {
        let mut links = span.links.iter();
        span.name == "job campaign.run" && links.any(|link| link.span_id == mutation.span_id)
    };
    let job = collector.span(linked).await;
    assert_ne!(job.trace_id, mutation.trace_id);
    assert_eq!(text(&job.attributes, "job.type"), Some("campaign.run"));
    let tenant = text(&job.attributes, "tenant.id");
    assert!(tenant.is_some_and(|tenant| tenant.starts_with("tnt_")));
    // What it asked of the databases is part of its trace.
    let below = |span: &Span| span.parent_span_id == job.span_id && span.trace_id == job.trace_id;
    collector.span(below).await;
    let committed =
        collector.span(|span| span.name == "COMMIT" && span.trace_id == mutation.trace_id);
    committed.await;
    serving.stop("TERM").await;
}

#[tokio::test]
async fn a_statement_that_fails_is_an_error_with_its_code() {
    let collector = Collector::start().await;
    let database = Database::demo().await;
    let serving = collector.spans_of(database.home()).serve(&[]).await;
    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    admin
        .execute("ALTER TABLE companies RENAME TO gone")
        .await
        .expect("another name");
    let token = serving.token("owner@acme.test", 0);
    let document = "query Failed { companies(first: 1) { nodes { name } } }";
    let answer = serving.post(&token, document).send().await;
    let body: Value = answer.expect("an answer").json().await.expect("JSON");
    assert!(body["errors"].is_array(), "{body:#}");
    serving.stop("TERM").await;

    let spans = collector.spans();
    let all: Vec<&Span> = spans.iter().collect();
    let operation = only(&all, "query Failed");
    let transaction = only(&children(&spans, operation), "transaction oltp");
    let statement = only(&children(&spans, transaction), "SELECT");
    let code = text(&statement.attributes, "db.response.status_code");
    assert_eq!(code, Some("42P01"), "{statement:#?}");
    let status = statement.status.as_ref().map(|status| status.code);
    assert_eq!(status, Some(2), "an error: {statement:#?}");
}

#[tokio::test]
async fn what_is_not_sampled_is_not_sent() {
    let collector = Collector::start().await;
    let home = collector.spans_of(Database::demo().await.home());
    let home = home.with("OTEL_TRACES_SAMPLER", "always_off");
    let serving = home.serve(&[]).await;
    let (headers, _) = ask(&serving, DOCUMENT).await;
    assert!(!headers.contains_key("traceresponse"), "{headers:?}");
    serving.stop("TERM").await;
    assert!(collector.spans().is_empty(), "{:#?}", collector.spans());
}
