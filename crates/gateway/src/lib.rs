//! The gateway: HTTP, authentication, settings, telemetry, and how long things live.
//!
//! A request goes `http::graphql` → `auth` → a tenant context (no connection yet) → the schema of
//! `resolver` → back in `operation`, which ends the transaction → `http::graphql`, which answers.
//! `gateway import-leads` goes the same way, without HTTP. A subscription goes it once for each event: `http::ws` or
//! `http::sse` → `live`, which listens to `tenant`'s feed of changes.
//!
//! What may not be in here: SeaORM, SQL about a table, a GraphQL type. The transaction is
//! `tenant`'s, the schema `resolver`'s.
//!
//! * To add a setting: a documented field in [`settings::Settings`].
//! * To add a command: a variant in [`command::Command`] and a file beside the others.
//! * To add a form of the manifests of trusted documents: a way to read it in `trusted::manifest`.
//! * To add something that the gateway tells of itself: a look in `report`.
//! * To add a route: a line in `http::router`.

pub mod auth;
mod bounded;
mod budget;
pub mod command;
mod database;
pub mod http;
mod leaving;
mod links;
mod live;
mod metrics;
mod operation;
mod report;
mod serve;
pub mod settings;
mod telemetry;
mod trusted;
mod watching;
mod work;

pub use database::TierUrls;
pub use links::LinkKeyError;
pub use serve::{Gateway, InvalidUrl, TlsError, Unready, serve};
pub use trusted::ManifestError;
pub use watching::WatchError;
