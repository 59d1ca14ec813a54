//! Two lines a subscription: when it begins, and when it ends. Its events have none.

use std::time::Instant;

use tenant::Identity;
use tracing::Span;

use crate::{live::Asked, metrics};

/// What an operation came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// `graphql-transport-ws`.
    WebSocket,
    /// `graphql-sse`, a connection for each operation.
    Stream,
    /// `graphql-sse`, one connection for all operations.
    SharedStream,
}

impl Transport {
    fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Stream => "sse",
            Self::SharedStream => "sse-single",
        }
    }
}

/// What is known of a subscription so far; logged when it ends, also when it is broken off.
pub(crate) struct EventLog {
    id: uuid::Uuid,
    started: Instant,
    pub(crate) span: Span,
    name: Option<String>,
    identity: Identity,
    transport: Transport,
    told: u64,
    reason: &'static str,
}

impl EventLog {
    pub(crate) fn start(asked: &Asked) -> Self {
        let id = uuid::Uuid::now_v7();
        if let Some(metrics) = metrics::get() {
            metrics.subscribed(1);
        }
        Self {
            id,
            started: Instant::now(),
            span: tracing::error_span!("subscription", request.id = %id.simple()),
            name: asked.operation.name.clone(),
            identity: asked.identity.clone(),
            transport: asked.transport,
            told: 0,
            reason: "left",
        }
    }

    /// The subscription's id in the log, which stands for that of a request.
    pub(crate) fn request_id(&self) -> String {
        self.id.simple().to_string()
    }

    /// It listens.
    pub(crate) fn opened(&self) {
        self.line("subscription begins", None);
    }

    /// Another event was told.
    pub(crate) fn told(&mut self) {
        self.told += 1;
    }

    /// Why it ends.
    pub(crate) fn ended(&mut self, reason: &'static str) {
        self.reason = reason;
    }

    fn line(&self, what: &'static str, end: Option<&'static str>) {
        let milliseconds = self.started.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            operation = self.name.as_ref().map(tracing::field::display),
            tenant = self.identity.tenant().map(tracing::field::display),
            user = %self.identity.user(),
            transport = self.transport.as_str(),
            events = end.map(|_| self.told),
            end,
            ms = end.map(|_| (milliseconds * 100.0).round() / 100.0),
            // The first line is written within the span, which has it.
            id = end.map(|_| tracing::field::display(self.id.simple())),
            "{what}"
        );
    }
}

impl Drop for EventLog {
    /// Also when its connection was broken off.
    fn drop(&mut self) {
        if let Some(metrics) = metrics::get() {
            metrics.subscribed(-1);
        }
        self.line("subscription ends", Some(self.reason));
    }
}
