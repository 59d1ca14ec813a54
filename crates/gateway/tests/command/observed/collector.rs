//! Takes what OpenTelemetry's exporters send, as a collector would.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::Metric,
    trace::v1::Span,
};
use prost::Message;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::{home::Home, serving::PATIENCE};

/// What was received so far.
#[derive(Clone, Default)]
pub struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    metrics: Arc<Mutex<Vec<Metric>>>,
    base: String,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let collector = Self {
            base: format!("http://{address}"),
            ..Self::default()
        };
        let router = Router::new()
            .route("/v1/traces", post(traces))
            .route("/v1/metrics", post(metrics))
            .with_state(collector.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        collector
    }

    /// A gateway there that sends its spans here, soon after they have ended.
    pub fn spans_of(&self, home: Home) -> Home {
        home.with("GATEWAY_OTLP_ENDPOINT", format!("{}/v1/traces", self.base))
            .with("OTEL_BSP_SCHEDULE_DELAY", "50")
    }

    /// The same of its metrics.
    pub fn metrics_of(&self, home: Home) -> Home {
        let endpoint = format!("{}/v1/metrics", self.base);
        home.with("GATEWAY_OTLP_METRICS_ENDPOINT", endpoint)
    }

    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().expect("no test panics in it").clone()
    }

    pub fn metrics(&self) -> Vec<Metric> {
        self.metrics.lock().expect("no test panics in it").clone()
    }

    /// Waits for a span.
    pub async fn span(&self, wanted: impl Fn(&Span) -> bool) -> Span {
        let seen = async {
            loop {
                if let Some(span) = self.spans().into_iter().find(|span| wanted(span)) {
                    return span;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        let seen = timeout(PATIENCE, seen).await;
        seen.unwrap_or_else(|_| panic!("no such span: {:#?}", self.spans()))
    }
}

async fn traces(State(collector): State<Collector>, body: Bytes) {
    let sent = ExportTraceServiceRequest::decode(body).expect("a request of OTLP");
    let scopes = sent.resource_spans.into_iter();
    let spans = scopes.flat_map(|resource| resource.scope_spans);
    let mut kept = collector.spans.lock().expect("no test panics in it");
    kept.extend(spans.flat_map(|scope| scope.spans));
}

async fn metrics(State(collector): State<Collector>, body: Bytes) {
    let sent = ExportMetricsServiceRequest::decode(body).expect("a request of OTLP");
    let scopes = sent.resource_metrics.into_iter();
    let metrics = scopes.flat_map(|resource| resource.scope_metrics);
    let mut kept = collector.metrics.lock().expect("no test panics in it");
    kept.extend(metrics.flat_map(|scope| scope.metrics));
}

/// A text among the attributes.
pub fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text),
        _ => None,
    }
}

/// A number among them.
pub fn number(attributes: &[KeyValue], key: &str) -> Option<i64> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::IntValue(number) => Some(*number),
        _ => None,
    }
}

/// Bytes as W3C's Trace Context writes them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
