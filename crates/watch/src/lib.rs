//! What needs somebody: it becomes a row of `admin_system_events`, and an alert.
//!
//! ```text
//!   requests ── Watch::raise (never waits) ─┐
//!   databases, dead letters, Redis, … ──────┴─ Watcher ── admin_system_events ── alerts by webhook
//! ```
//!
//! A [`Watcher`] looks every so often, in each process. What it sees, and what was [raised](Watch::raise) in the meantime,
//! is one statement: a type, a tenant and a subject have one open row, whichever process sees it and however often. Who
//! sees it says until when it is to stay quiet; rows that nobody has seen by then are resolved, by whoever looks. While the
//! database is away, what was seen is kept, and written when it is back.
//!
//! * `incident`: what there is, how bad it is; `raised`: what waits to be written;
//! * `ledger`: the statements; `look`: the databases, the dead letters, what is not paid; [`Probe`]: what else a process depends on;
//! * `alert`: the webhook.
//!
//! The rows are written as the dispatcher, who sees no row of a tenant. What may not be in here: a request. To add a kind
//! of incident: a variant of [`Kind`] and what its methods say of it.

mod alert;
mod incident;
mod ledger;
mod look;
mod raised;
mod watcher;

pub use alert::{Alerts, AlertsError};
pub use incident::{Incident, Kind};
pub use look::Probe;
pub use raised::Watch;
pub use watcher::{Options, Watcher};
