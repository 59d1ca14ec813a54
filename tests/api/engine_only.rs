//! Temporary.
mod worker;
