//! Logs and spans: made first, flushed last.

mod human;
mod lines;
mod request_id;
pub(crate) mod trace;

use std::io::IsTerminal;

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::Level;
use tracing_subscriber::{
    EnvFilter, Layer,
    field::RecordFields,
    filter::{FilterExt, LevelFilter, Targets, filter_fn},
    fmt::{
        self, FormatFields,
        format::{Format, Json, Writer},
    },
    layer::{Filter, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::{
    metrics,
    settings::{Config, LogFormat},
};
use human::Human;
use lines::Lines;
use request_id::{Named, RequestIds};

/// What has to be flushed at the end.
pub(crate) struct Telemetry {
    lines: Lines,
    spans: Option<SdkTracerProvider>,
}

/// Why there are no logs.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Bad directives.
    #[error("GATEWAY_LOG is not valid: {0}; give a level (info) or directives (info,tenant=debug)")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A bad address.
    #[error(
        "GATEWAY_OTLP_ENDPOINT can not be used: {0}; give an address like http://127.0.0.1:4318/v1/traces"
    )]
    Endpoint(opentelemetry_otlp::ExporterBuildError),
    /// The same of metrics.
    #[error(
        "GATEWAY_OTLP_METRICS_ENDPOINT can not be used: {0}; give an address like http://127.0.0.1:4318/v1/metrics"
    )]
    MetricsEndpoint(opentelemetry_otlp::ExporterBuildError),
    /// No address at all, which the exporter would only notice when it sends.
    #[error("{0} is not an address: give one like http://127.0.0.1:4318/v1/{1}")]
    Address(&'static str, &'static str),
    /// No thread to write them.
    #[error("the log can not be written: {0}")]
    Lines(std::io::Error),
    /// The page of metrics can not be made.
    #[error("metrics can not be counted: {0}")]
    Metrics(#[from] opentelemetry_sdk::error::OTelSdkError),
}

/// Starts logging to standard error, sending spans where an OTLP endpoint is set, and counting where somebody asks for
/// numbers. Call once a process.
pub(crate) fn start(config: &Config) -> Result<Telemetry, TelemetryError> {
    metrics::start(config)?;
    // Below that level the driver prints the values that statements are sent with.
    let driver = "tokio_postgres=info".parse()?;
    let filter = EnvFilter::try_new(&config.log)?.add_directive(driver);
    let written = Lines::to(std::io::stderr()).map_err(TelemetryError::Lines)?;
    let lines = fmt::layer()
        .with_writer(written.clone())
        .with_ansi(is_colourful())
        .fmt_fields(Unshown)
        .log_internal_errors(false);
    let lines = match config.log_format {
        LogFormat::Human => lines.event_format(Human).boxed(),
        LogFormat::Json => lines.event_format(Named(json())).boxed(),
    };
    let spans = config.otlp_endpoint.as_deref().map(provider).transpose()?;
    // Statements are spans of level debug: the log's filter does not hide them from the exporter.
    let exported = spans.as_ref().map(|spans| {
        trace::begin();
        tracing_opentelemetry::layer()
            .with_tracer(spans.tracer("gateway"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(exported())
    });
    tracing_subscriber::registry()
        // Any layer without a filter has all that libraries say at the level of traces looked at.
        .with(RequestIds.with_filter(LevelFilter::ERROR))
        .with(lines.with_filter(filter))
        .with(exported)
        .init();
    Ok(Telemetry {
        lines: written,
        spans,
    })
}

/// What is exported: spans of our own, and no events, which say what went wrong in words that may have values in them.
fn exported<S>() -> impl Filter<S> {
    Targets::new()
        .with_target("gateway", Level::INFO)
        .with_target("worker", Level::INFO)
        .with_target("watch", Level::INFO)
        .with_target("events", Level::INFO)
        .with_target("gateway::telemetry::trace", Level::DEBUG)
        .with_target("tenant", Level::DEBUG)
        .and(filter_fn(|metadata| metadata.is_span()))
}

/// Lines show nothing of the spans around them but the id of the request or the job, so nothing is made ready of them.
struct Unshown;

impl<'w> FormatFields<'w> for Unshown {
    fn format_fields<R: RecordFields>(&self, _: Writer<'w>, _: R) -> std::fmt::Result {
        Ok(())
    }
}

/// Flat objects: what a line says, and nothing of the spans around it.
fn json() -> Format<Json> {
    fmt::format()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
}

/// Colours are for terminals whose user did not ask for none (<https://no-color.org>).
fn is_colourful() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, TelemetryError> {
    checked(endpoint, "GATEWAY_OTLP_ENDPOINT", "traces")?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .build()
        .map_err(TelemetryError::Endpoint)?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource())
        .build())
}

/// What sends spans and metrics, with what `OTEL_RESOURCE_ATTRIBUTES` says of it.
pub(crate) fn resource() -> Resource {
    Resource::builder()
        .with_service_name("tenant-gateway")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build()
}

/// An exporter would notice only when it sends.
pub(crate) fn checked(
    endpoint: &str,
    setting: &'static str,
    signal: &'static str,
) -> Result<(), TelemetryError> {
    if endpoint.starts_with("http://") || endpoint.starts_with("https://") {
        return Ok(());
    }
    Err(TelemetryError::Address(setting, signal))
}

impl Telemetry {
    /// Sends and writes what is left.
    pub(crate) fn flush(self) {
        if let Some(spans) = self.spans
            && let Err(error) = spans.shutdown()
        {
            tracing::warn!(%error, "the last spans could not be sent; is GATEWAY_OTLP_ENDPOINT right?");
        }
        if let Err(error) = metrics::flush() {
            tracing::warn!(%error, "the last metrics could not be sent; is GATEWAY_OTLP_METRICS_ENDPOINT right?");
        }
        self.lines.end();
    }
}
