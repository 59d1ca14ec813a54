//! How mail leaves and arrives: [`smtp`] sends it, [`imap`] fetches it, [`sink`] takes it in development
//! and tests.
//!
//! What may not be in here: SQL, tenants, GraphQL, and what a message says. A worker calls this crate
//! with an account's settings and bytes, and decides what to do about the answer.
//!
//! To speak one more protocol, add a module beside these: its settings name a [`Server`], its connections
//! come from `dial.rs`, its error tells what may be tried again from what somebody has to mend. Its tests
//! run against a server of others in `tests/dovecot`, and against one that goes wrong by a list.

mod credentials;
mod dial;
mod excerpt;
pub mod imap;
mod networks;
mod secrets;
mod server;
pub mod sink;
pub mod smtp;

pub use credentials::Credentials;
pub use networks::{Networks, NoAddress};
pub use secrets::Secrets;
pub use server::{Security, Server, Unusable};
