//! The gateway over HTTP, against a real PostgreSQL, as the login role.
//!
//! One file a promise. To add one: a module here; start with `World::demo()` or `World::empty()`.

mod abuse;
mod analytics;
mod audit;
mod audits;
mod auth;
mod batches;
mod billing;
mod budget;
mod columns;
mod content;
mod counting;
mod cross_site;
mod differential;
mod documents;
mod events;
mod faults;
mod forms;
mod inbox;
mod input;
mod isolation;
mod jobs;
mod limits;
mod live;
mod migration;
mod mutation;
mod numbers;
mod permissions;
mod reading;
mod schema;
mod tiers;
mod tls;
mod transport;
mod trusted;
mod visibility;
mod worker;
mod writes;
