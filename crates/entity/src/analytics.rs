//! The analytics tier: what was counted, by day, and the log of acts of high risk.

pub mod admin_audit_log;
pub mod billing_analytics;
pub mod campaign_analytics;
pub mod lead_analytics;
pub mod mailbox_analytics;
pub mod rollup;
pub mod sequence_step_analytics;
pub mod warmup_analytics;
