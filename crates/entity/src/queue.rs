//! The queue tier: work that is to be done, and what came of it.

pub mod analytics_job;
pub mod job;
pub mod job_log;
pub mod job_queue;
pub mod job_schedule;
