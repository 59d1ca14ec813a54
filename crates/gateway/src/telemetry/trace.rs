//! Traces across processes, in the form of W3C's Trace Context, and the span of an operation.
//!
//! Whose trace a request is part of says whether it is exported, so not everybody may say so: a proxy that is trusted
//! gives the parent, a stranger's trace is a link, and the trace is one of ours.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_graphql::parser::types::OperationType;
use axum::http::{HeaderMap, HeaderValue};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator},
    trace::TraceContextExt,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, span::Id};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Spans are exported. Read before anything that would be done for nothing otherwise.
static IS_ON: AtomicBool = AtomicBool::new(false);

pub(super) fn begin() {
    IS_ON.store(true, Relaxed);
}

/// Whether somebody is shown spans.
pub(crate) fn is_on() -> bool {
    IS_ON.load(Relaxed)
}

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// Makes a request's span part of the trace that its headers name.
pub(crate) fn follow(span: &Span, headers: &HeaderMap, is_trusted: impl FnOnce() -> bool) {
    if !is_on() || !headers.contains_key("traceparent") {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    let named = parent.span().span_context().clone();
    if !named.is_valid() {
        return;
    }
    if is_trusted() {
        // It fails for a span that nobody exports.
        let _ = span.set_parent(parent);
    } else {
        span.add_link(named);
    }
}

/// The request's span for who sent the request: `traceresponse`, of Trace Context's third level.
pub(crate) fn response(span: &Span) -> Option<HeaderValue> {
    if !is_on() {
        return None;
    }
    HeaderValue::try_from(tenant::trace_parent(span)?).ok()
}

/// The span of an operation, in the names of OpenTelemetry's semantic conventions for GraphQL. Its document is not part of
/// it, which may hold values.
pub(crate) fn operation(parent: Option<Id>, name: Option<&str>, kind: OperationType) -> Span {
    tracing::debug_span!(
        parent: parent,
        "operation",
        otel.name = %format_args!("{kind}{}{}", if name.is_some() { " " } else { "" }, name.unwrap_or_default()),
        graphql.operation.name = name,
        "graphql.operation.type" = display(kind),
    )
}
