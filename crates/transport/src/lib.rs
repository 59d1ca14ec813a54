//! How mail leaves and arrives: [`smtp`] sends it, [`imap`] fetches it, [`sink`] takes it in development
//! and tests.
//!
//! What may not be in here: SQL, tenants, GraphQL, and what a message says. A worker calls this crate
//! with an account's settings and bytes, and decides what to do about the answer.

mod credentials;
mod dial;
pub mod imap;
mod server;
pub mod sink;
pub mod smtp;

pub use credentials::Credentials;
pub use server::{Security, Server};
