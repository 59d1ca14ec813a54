//! Traces across processes, in the form of W3C's Trace Context (`traceparent`).

use std::collections::HashMap;

use opentelemetry::{
    Context,
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header, and the key, that a trace is handed on by.
pub const TRACE_PARENT: &str = "traceparent";

/// A span that is exported, as others are told of it: hexadecimal digits and `-`.
#[must_use]
pub fn trace_parent(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let exported = context.span().span_context().clone();
    (exported.is_valid() && exported.is_sampled()).then(|| {
        let (trace, span) = (exported.trace_id(), exported.span_id());
        format!("00-{trace}-{span}-01")
    })
}

/// Makes a span, which nothing has asked for its context yet, part of the trace that was handed on.
pub fn follow_trace(span: &Span, parent: &str) {
    let (context, named) = named(parent);
    if named.is_valid() {
        // It fails for a span that nobody exports.
        let _ = span.set_parent(context);
    }
}

/// Links a span with what was handed on, whose trace it is no part of.
pub fn link_trace(span: &Span, cause: &str) {
    let (_, named) = named(cause);
    if named.is_valid() {
        span.add_link(named);
    }
}

fn named(text: &str) -> (Context, SpanContext) {
    let carried = HashMap::from([(TRACE_PARENT.to_owned(), text.to_owned())]);
    let context = TraceContextPropagator::new().extract(&carried);
    let named = context.span().span_context().clone();
    (context, named)
}
