//! Numbers for those who run the gateway: by OTLP, and as a page for Prometheus.
//!
//! One source for both forms, the process's meter. What is counted all the time anyway (the pools, the caches of prepared
//! statements) is read when somebody asks for the numbers; a request adds to one histogram and one counter, and to none
//! where nobody asks for numbers at all.
//!
//! What may not be in here: a label whose values a client makes up without a bound, a tenant, a user. To add a number: an
//! instrument here or, where it is read, in `pools`; and its line in docs/metrics.md, which a test compares.

mod names;
mod page;
mod pools;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use opentelemetry::{
    KeyValue, StringValue, global,
    metrics::{Counter, Histogram, Meter, MeterProvider as _, UpDownCounter},
};
use opentelemetry_otlp::{MetricExporter, Protocol, WithExportConfig};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{PeriodicReader, SdkMeterProvider},
};
use prometheus::Registry;

use crate::{
    settings::Config,
    telemetry::{TelemetryError, checked, resource},
};
use names::Names;
pub(crate) use page::{Page, bind};

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Seconds up to which operations, and jobs, are counted together: a lookup to a long report.
pub(crate) const SECONDS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The process's numbers.
pub(crate) struct Metrics {
    provider: SdkMeterProvider,
    registry: Registry,
    names: Names,
    meter: Meter,
    requests: Histogram<f64>,
    lookups: Counter<u64>,
    subscriptions: UpDownCounter<i64>,
}

/// A request that has ended.
pub(crate) struct Ended<'r> {
    /// The route, without what is variable in it.
    pub(crate) route: &'static str,
    /// The operation's name in its document.
    pub(crate) name: Option<&'r str>,
    /// Query, mutation, or something else.
    pub(crate) kind: Option<&'static str>,
    /// How it ended, in a word.
    pub(crate) outcome: &'static str,
    /// It was executed, so the name is one that somebody who may ask has sent.
    pub(crate) ran: bool,
    /// How long it took.
    pub(crate) took: Duration,
}

/// The numbers, if somebody asks for them.
pub(crate) fn get() -> Option<&'static Metrics> {
    METRICS.get()
}

/// Begins to count where the settings say to whom the numbers go. Call once a process.
///
/// # Errors
/// When there can be no exporter for what they say.
pub(crate) fn start(config: &Config) -> Result<(), TelemetryError> {
    let endpoint = config.otlp_metrics_endpoint.as_deref();
    if config.metrics_addr.is_none() && endpoint.is_none() {
        return Ok(());
    }
    let metrics = Metrics::new(endpoint)?;
    // For crates that count and know nothing of where it goes.
    global::set_meter_provider(metrics.provider.clone());
    METRICS.get_or_init(|| metrics);
    Ok(())
}

/// Sends what is left.
pub(crate) fn flush() -> OTelSdkResult {
    get().map_or(Ok(()), |metrics| metrics.provider.shutdown())
}

impl Metrics {
    fn new(endpoint: Option<&str>) -> Result<Self, TelemetryError> {
        let registry = Registry::new();
        let scraped = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .with_resource_selector(opentelemetry_prometheus::ResourceSelector::None)
            .scope_info_enabled(false)
            .build()?;
        let mut provider = SdkMeterProvider::builder()
            .with_reader(scraped)
            .with_resource(resource());
        if let Some(endpoint) = endpoint {
            checked(endpoint, "GATEWAY_OTLP_METRICS_ENDPOINT", "metrics")?;
            let exporter = MetricExporter::builder()
                .with_http()
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(endpoint)
                .build();
            let exporter = exporter.map_err(TelemetryError::MetricsEndpoint)?;
            provider = provider.with_reader(PeriodicReader::builder(exporter).build());
        }
        let provider = provider.build();
        let meter = provider.meter("gateway");
        let subscriptions = meter
            .i64_up_down_counter("gateway.subscriptions")
            .with_description("Subscriptions that are open.")
            .build();
        // None is a number, too.
        subscriptions.add(0, &[]);
        Ok(Self {
            requests: meter
                .f64_histogram("gateway.request.duration")
                .with_description("Requests, by operation and how they ended.")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            lookups: meter
                .u64_counter("gateway.cache.lookups")
                .with_description("Documents, and answers about the schema, that were looked for.")
                .build(),
            subscriptions,
            names: Names::default(),
            provider,
            registry,
            meter,
        })
    }

    /// Operations that the operator's documents name: there is always room for these.
    pub(crate) fn trust(&self, names: impl Iterator<Item = String>) {
        self.names.trust(names);
    }

    /// A request has ended.
    pub(crate) fn ended(&self, ended: &Ended<'_>) {
        let name = match ended.name {
            Some(name) => self.names.of(name, ended.ran),
            None if ended.kind.is_some() => Names::unnamed(),
            None => Names::none(),
        };
        let labels = [
            KeyValue::new("http.route", ended.route),
            KeyValue::new("graphql.operation.name", StringValue::from(name)),
            KeyValue::new("graphql.operation.type", ended.kind.unwrap_or("none")),
            KeyValue::new("outcome", ended.outcome),
        ];
        self.requests.record(ended.took.as_secs_f64(), &labels);
    }

    /// Something was looked for in a cache.
    pub(crate) fn looked_up(&self, cache: &'static str, hit: bool) {
        let result = if hit { "hit" } else { "miss" };
        let labels = [
            KeyValue::new("cache", cache),
            KeyValue::new("result", result),
        ];
        self.lookups.add(1, &labels);
    }

    /// A subscription begins (1), or has ended (-1).
    pub(crate) fn subscribed(&self, change: i64) {
        self.subscriptions.add(change, &[]);
    }

    /// Numbers of these pools are read from now on; `part` says whose they are.
    pub(crate) fn watch(&self, part: &'static str, databases: Vec<tenant::Database>) {
        pools::watch(&self.meter, part, Arc::from(databases));
    }

    /// All numbers in Prometheus' text form.
    fn text(&self) -> Result<String, prometheus::Error> {
        prometheus::TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
