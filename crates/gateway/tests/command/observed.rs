//! What leaves the process for those who run it: traces and metrics, as they are received.

mod collector;
mod metrics;
mod traces;
