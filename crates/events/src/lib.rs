//! Telemetry that leaves for an analytics platform: what the gateway is, does and suffers, as events with documented
//! properties.
//!
//! ```text
//!   who knows something ── Events::emit (never waits) ── a bounded queue ── batches, gzip ── PostHog │ Segment │ a file
//! ```
//!
//! * `event`: the events, each a type of ids, numbers and words of ours. A property is a [`Property`], which text is not:
//!   nothing that somebody wrote, no address of mail, no token can be put into one.
//! * `queue`: what waits, and what there was no room for; `batch`: what goes together; `deliver`: until it has arrived;
//! * `target`: the forms.
//!
//! What may not be in here: who knows something, and when; SQL. To add an event: an entry in `event::declared`, and
//! `gateway events > docs/events.md`. To add a form: a file beside `target::posthog`.

mod batch;
mod deliver;
mod event;
mod queue;
mod target;

pub use event::{
    AuthenticationFailures, Code, ConnectionLeaks, ConnectionPoolMetrics, ErrorRates, Event,
    IncidentSeverity, IncidentState, PoolUtilization, ProcessKind, Property, PropertySchema,
    ResourceUtilization, SCHEMAS, Schema, SecurityIncidents, SuspiciousActivity, SuspiciousKind,
    SystemPerformance, TierName, document,
};
pub use queue::{Counts, Events, Options};
pub use target::{Target, TargetError};
