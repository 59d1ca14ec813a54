//! The binary as its users have it: a child process with arguments, an environment, signals, an exit
//! status and what it prints.
//!
//! What may not be in here: what a request answers beyond showing that the process serves; that is
//! tested over HTTP in the package `gateway-tests`.

mod causes;
mod cluster;
mod documents;
mod home;
mod import_leads;
mod observed;
mod permissions;
mod recount;
mod refusals;
mod roles;
mod schema;
mod seed;
mod sending;
mod serve;
mod serving;
mod settings;
mod stop;
mod telemetry;
mod token;
mod watch_campaign;
