//! The events, and what each of their properties means.

mod code;
mod declared;
mod document;
mod property;

pub use code::Code;
pub use declared::{
    AuthenticationFailures, ConnectionLeaks, ConnectionPoolMetrics, ErrorRates, Event,
    IncidentSeverity, IncidentState, PoolUtilization, ProcessKind, ResourceUtilization, SCHEMAS,
    SecurityIncidents, SuspiciousActivity, SuspiciousKind, SystemPerformance, TierName,
};
pub use document::document;
pub use property::{Property, PropertySchema, Schema};
