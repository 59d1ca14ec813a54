//! One line a request, and what its span says.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_graphql::{ServerError, Value, parser::types::OperationType};
use axum::{
    extract::Request,
    http::{HeaderValue, Method, StatusCode},
};
use resolver::operation::Operation;
use tenant::{Access, Cause, Identity, Outcome, Spent};
use tracing::{
    Span,
    field::{Empty, display},
};

use super::client::is_trusted;
use crate::{metrics, operation::Executed, report::Ended, serve::Gateway, telemetry::trace};

/// Where operations go. A line that names no route is of one.
const OPERATIONS: &str = "/graphql";

/// What is known of a request so far; logged when the answer is ready, or when the client went
/// away before it was.
pub(super) struct RequestLog {
    started: Instant,
    route: &'static str,
    gateway: Arc<Gateway>,
    pub(super) id: uuid::Uuid,
    /// The request's span, in the names of OpenTelemetry's semantic conventions.
    pub(super) span: Span,
    pub(super) operation: Option<Operation>,
    pub(super) identity: Option<Identity>,
    /// What the answer says of the tenant's limit.
    pub(super) policy: Option<HeaderValue>,
    /// What became of the transaction.
    outcome: Option<&'static str>,
    spent: Spent,
    retried: bool,
    errors: usize,
    status: Option<StatusCode>,
    code: Option<String>,
    /// The limit that the first error names.
    limit: Option<String>,
}

impl RequestLog {
    /// Of an operation.
    pub(super) fn start(gateway: &Arc<Gateway>, method: &Method) -> Self {
        Self::start_at(gateway, OPERATIONS, method)
    }

    /// Of a request to one of the routes that take no operation.
    pub(super) fn start_at(gateway: &Arc<Gateway>, route: &'static str, method: &Method) -> Self {
        let id = uuid::Uuid::now_v7();
        Self {
            started: Instant::now(),
            route,
            gateway: Arc::clone(gateway),
            id,
            span: span(route, method, id),
            operation: None,
            identity: None,
            policy: None,
            outcome: None,
            spent: Spent::default(),
            retried: false,
            errors: 0,
            status: None,
            code: None,
            limit: None,
        }
    }

    /// It is part of the trace that the request names.
    pub(super) fn follow(&self, gateway: &Gateway, request: &Request) {
        let (headers, proxies) = (request.headers(), gateway.trusted_proxies());
        trace::follow(&self.span, headers, || {
            is_trusted(request.extensions(), proxies)
        });
    }

    /// What its transactions are for. Called once: it begins the operation's span.
    pub(super) fn cause(&self) -> Cause {
        let Some(operation) = &self.operation else {
            return Cause::default();
        };
        let name = operation.name.as_deref();
        let span = trace::operation(self.span.id(), name, operation.kind);
        Cause::named(name).in_span(span)
    }

    /// The same of a route that takes no operation.
    pub(super) fn cause_of(&self, name: &str) -> Cause {
        Cause::named(Some(name)).in_span(self.span.clone())
    }

    /// The request's id, as its client gets it.
    pub(super) fn request_id(&self) -> String {
        self.id.simple().to_string()
    }

    /// The operation ran.
    pub(super) fn executed(&mut self, executed: &Executed) {
        let context = &executed.context;
        self.retried = executed.retried;
        self.spent = executed.spent;
        self.outcome = Some(match executed.outcome {
            Some(Outcome::Unopened) => "unopened",
            Some(Outcome::Committed) => "committed",
            // Nobody is to take the end of every read for a failure.
            Some(Outcome::RolledBack) if context.access() == Access::Read => "read",
            Some(Outcome::RolledBack) => "rolled-back",
            None => "unknown",
        });
        self.failed(&executed.response.errors);
    }

    /// The answer was known, so nothing ran.
    pub(super) fn known(&mut self) {
        self.outcome = Some("unopened");
    }

    /// The answer holds errors; the first one's code is logged.
    pub(super) fn failed(&mut self, errors: &[ServerError]) {
        let extensions = errors.first().and_then(|error| error.extensions.as_ref());
        self.errors = errors.len();
        let text = |name| match extensions.and_then(|extensions| extensions.get(name)) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        (self.code, self.limit) = (text("code"), text("limit"));
    }

    /// `Server-Timing` (W3C): what a developer's browser shows of the request.
    pub(super) fn server_timing(&self) -> String {
        let milliseconds = self.started.elapsed().as_secs_f64() * 1000.0;
        format!(
            "total;dur={milliseconds:.2}, sql;desc=\"statements={}\"",
            self.spent.statements
        )
    }

    /// The answer is ready.
    pub(super) fn answered(mut self, status: StatusCode, code: Option<&'static str>) {
        self.status = Some(status);
        self.code = code.map(str::to_owned).or(self.code.take());
    }

    fn line(&self) {
        // The name is one of the parsed document, so it can not break the line.
        let name = self
            .operation
            .as_ref()
            .and_then(|found| found.name.as_deref());
        tracing::info!(
            route = Some(self.route).filter(|route| *route != OPERATIONS).map(display),
            operation = name.map(display),
            kind = self.kind().map(display),
            tenant = self.tenant().map(display),
            user = self.identity.as_ref().map(|identity| display(identity.user())),
            status = self.status.map(|status| status.as_u16()),
            outcome = self.outcome().map(display),
            sql = self.spent.statements,
            rows = Some(self.spent.rows).filter(|_| self.spent.statements > 0),
            trips = Some(self.spent.round_trips).filter(|_| self.spent.statements > 0),
            waited = Some(rounded(self.spent.waited)).filter(|waited| *waited > 0.0),
            retried = Some(self.retried).filter(|retried| *retried),
            ms = rounded(self.started.elapsed()),
            errors = Some(self.errors).filter(|errors| *errors > 0),
            code = self.code.as_ref().map(display),
            id = %self.id.simple(),
            "request"
        );
    }

    /// What the gateway tells of itself.
    fn tell(&self) {
        let report = self.gateway.report();
        let code = self.code.as_deref();
        if report.events.are_on() {
            self.gateway.requests().ended(Ended {
                took: self.started.elapsed(),
                statements: self.spent.statements,
                code,
            });
        }
        if let (Some(code), Some(identity)) = (code, &self.identity) {
            report.refused(code, self.limit.as_deref(), identity);
        }
    }

    fn outcome(&self) -> Option<&'static str> {
        if self.status.is_none() {
            Some("aborted-by-client")
        } else {
            self.outcome
        }
    }

    fn count(&self) {
        let Some(metrics) = metrics::get() else {
            return;
        };
        let operation = self.operation.as_ref();
        if let Some(operation) = operation {
            metrics.looked_up("documents", operation.is_known);
        }
        metrics.ended(&metrics::Ended {
            route: self.route,
            name: operation.and_then(|found| found.name.as_deref()),
            kind: self.kind().map(|kind| match kind {
                OperationType::Query => "query",
                OperationType::Mutation => "mutation",
                OperationType::Subscription => "subscription",
            }),
            outcome: self.result(),
            ran: self.outcome.is_some() && self.status.is_some_and(|status| status.is_success()),
            took: self.started.elapsed(),
        });
    }

    /// How it ended, in one of a few words.
    fn result(&self) -> &'static str {
        match self.status {
            None => "aborted",
            Some(status) if status.is_server_error() => "failed",
            Some(status) if status.is_client_error() => "refused",
            Some(_) if self.errors > 0 => "errors",
            Some(_) => "ok",
        }
    }

    fn kind(&self) -> Option<OperationType> {
        self.operation.as_ref().map(|operation| operation.kind)
    }

    fn tenant(&self) -> Option<entity::id::TenantId> {
        self.identity.as_ref().and_then(Identity::tenant)
    }

    fn record(&self) {
        if let Some(name) = self
            .operation
            .as_ref()
            .and_then(|found| found.name.as_deref())
        {
            self.span.record("graphql.operation.name", name);
        }
        if let Some(kind) = self.kind() {
            self.span.record("graphql.operation.type", display(kind));
        }
        if let Some(tenant) = self.tenant() {
            self.span.record("tenant.id", display(tenant));
        }
        if let Some(outcome) = self.outcome() {
            self.span.record("outcome", outcome);
        }
        if let Some(status) = self.status {
            self.span
                .record("http.response.status_code", i64::from(status.as_u16()));
            if status.is_server_error() {
                self.span.record("otel.status_code", "ERROR");
            }
        }
    }
}

impl Drop for RequestLog {
    /// Also when the client went away and the request's future was dropped.
    fn drop(&mut self) {
        if trace::is_on() {
            self.record();
        }
        self.count();
        self.line();
        self.tell();
    }
}

/// Milliseconds, to a hundredth.
fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

/// Of the level of errors, so that it is there where only they are logged: their lines take the id
/// from it.
fn span(route: &str, method: &Method, id: uuid::Uuid) -> Span {
    tracing::error_span!(
        "request",
        otel.kind = "server",
        otel.name = %format_args!("{method} {route}"),
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.route = route,
        http.response.status_code = Empty,
        graphql.operation.name = Empty,
        "graphql.operation.type" = Empty,
        tenant.id = Empty,
        outcome = Empty,
        request.id = %id.simple(),
    )
}
