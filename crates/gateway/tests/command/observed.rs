//! What leaves the process for those who run it: traces and metrics, as they are received.

#[expect(dead_code, reason = "the tests of events use the rest")]
#[path = "../../../../tests/support/capture.rs"]
mod capture;
mod collector;
mod metrics;
mod outcomes;
mod sent;
mod traces;
mod waits;
