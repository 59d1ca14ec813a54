//! The log of acts of high risk: who did what to what, in which tenant, when.
//!
//! ```text
//!   mutation ───┬─ outbox, `audit.recorded` (its transaction) ── relay ── job `audit.record` ─┐
//!   staff act ──┴─ outbox, `staff.acted`    (their transaction) ─ relay ── job `audit.record` ─┼─ admin_audit_log (analytics)
//!   download  ───────────────────────────── before its first byte, and at its end ────────────┘
//! ```
//!
//! A row of the outbox, its job and its row of the log have one id, so that what is begun twice is there once. The
//! database lets nobody change or remove a row, and lets nobody add one but the platform's own work, in the tenant
//! that it is about.
//!
//! * [`Entry`]: what is recorded; * [`Log`]: what writes it down; * `staff`: what the outbox says of staff in a tenant.
//!
//! What may not be in here: which acts are of high risk. Whoever does them says so.

mod class;
mod entry;
mod log;
mod staff;

pub use entry::{Entry, TOPIC};
pub use log::{Log, Trouble};
