//! One line a request.

use std::time::Instant;

use async_graphql::parser::types::OperationType;
use axum::http::StatusCode;
use tenant::{Identity, Outcome, TenantContext};

/// What is known of a request so far; logged when the answer is ready.
pub(super) struct RequestLog {
    started: Instant,
    pub(super) id: uuid::Uuid,
    pub(super) operation: Option<String>,
    pub(super) kind: Option<OperationType>,
    pub(super) identity: Option<Identity>,
    pub(super) outcome: Option<Outcome>,
    pub(super) statements: u32,
    pub(super) errors: usize,
}

impl RequestLog {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            id: uuid::Uuid::now_v7(),
            operation: None,
            kind: None,
            identity: None,
            outcome: None,
            statements: 0,
            errors: 0,
        }
    }

    pub(super) fn executed(&mut self, context: &TenantContext, outcome: Outcome, errors: usize) {
        self.statements = context.statements();
        self.outcome = Some(outcome);
        self.errors = errors;
    }

    /// `Server-Timing` (W3C): what a developer's browser shows of the request.
    pub(super) fn server_timing(&self) -> String {
        let milliseconds = self.started.elapsed().as_secs_f64() * 1000.0;
        format!("total;dur={milliseconds:.2}, sql;desc=\"statements={}\"", self.statements)
    }

    pub(super) fn finish(&self, status: StatusCode, code: Option<&str>) {
        let tenant = self.identity.and_then(|identity| identity.tenant()).map(tracing::field::display);
        let user = self.identity.map(|identity| tracing::field::display(identity.user()));
        let kind = self.kind.map(tracing::field::display);
        let outcome = self.outcome.map(tracing::field::debug);
        tracing::info!(
            operation = self.operation.as_deref().unwrap_or("-"),
            kind,
            tenant,
            user,
            status = status.as_u16(),
            code,
            outcome,
            errors = self.errors,
            sql = self.statements,
            ms = format_args!("{:.2}", self.started.elapsed().as_secs_f64() * 1000.0),
            id = %self.id.simple(),
            "request"
        );
    }
}
