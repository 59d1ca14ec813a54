//! The engine of jobs: who gets which, and what becomes of them when something dies.
//!
//! The workers are the test's own, on the databases of a [`Yard`], as the login role; what they do is written in each test.

mod claim;
mod hasten;
mod isolation;
mod kept;
mod lease;
mod redis;
mod relay;
mod retry;
mod schedule;
mod stop;
mod sweep;
mod turns;
mod yard;
