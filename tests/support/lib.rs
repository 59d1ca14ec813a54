//! What the tests share: a real PostgreSQL, a database of its own for each test, the real gateway
//! in front of it, and clients that sign in.
//!
//! A test starts with a [`World`]: [`World::empty`] (migrated, no rows) or [`World::demo`] (the two
//! demo tenants). Its gateway connects as the login role, never as a superuser, who bypasses every
//! policy and would prove nothing; [`World::admin`] is for arranging and for looking behind.
//!
//! What may not be in here: an assertion about a feature.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that can not be set up fails"
)]

mod capture;
mod client;
mod cluster;
mod event_stream;
mod jobs;
mod numbers;
mod pooler;
mod redis;
mod socket;
mod wire;
mod world;

pub use capture::{Capture, Captured};
pub use client::{Answer, Client};
pub use cluster::{beside, cluster, migrated};
pub use event_stream::EventStream;
pub use jobs::JOBS;
pub use numbers::{analytics, roll_up};
pub use pooler::Pooler;
pub use redis::Redis;
pub use socket::{Heard, PROTOCOL, Socket};
pub use wire::{Exchange, Wire};
pub use world::{KEY, LINK_KEY, Live, Options, World, gateways};
