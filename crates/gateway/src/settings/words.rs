//! Settings of a few words.

use clap::ValueEnum;
use serde::Deserialize;

/// One line a request, for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// For machines: one JSON object a line.
    Json,
}

/// How bad something has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertSeverity {
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Needs someone soon.
    High,
    /// Needs someone now.
    Critical,
}

impl From<AlertSeverity> for entity::oltp::admin_system_event::Severity {
    fn from(of: AlertSeverity) -> Self {
        match of {
            AlertSeverity::Low => Self::Low,
            AlertSeverity::Medium => Self::Medium,
            AlertSeverity::High => Self::High,
            AlertSeverity::Critical => Self::Critical,
        }
    }
}

/// Who may see the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Introspection {
    /// Whoever has signed in; the file is there for all.
    Everyone,
    /// Owners and admins of the tenant that is asked in, and the platform's staff.
    Admins,
    /// The platform's staff.
    Staff,
    /// Nobody.
    Nobody,
}
