//! No tenant sees another tenant's rows, by whatever way it asks.
//!
//! The tests ask as users of tenant A while tenant B holds a twin of each of A's rows ([`twins`]):
//! every name, status, date and count is equal, so that nothing but isolation keeps them apart.
//! What there is to ask is read from `schema.graphql` ([`schema`]) and what there is to see from the
//! database's catalog ([`catalog`]), so a new table, field, filter or order is covered the day it is
//! there; one that does not fit fails by its name ([`coverage`]).
//!
//! * [`rows`], [`lists`], [`filters`], [`orders`], [`relations`], [`nodes`]: generic, for every root field;
//! * [`numbers`]: aggregates and groups of every list;
//! * [`by_hand`]: the root fields that are like no other;
//! * [`people`], [`users`], [`staff`], [`events`]: who may ask at all, and who is who;
//! * [`memberships`], [`invitations`]: who becomes and stays a member;
//! * [`database`], [`settings`], [`rights`], [`roles`]: the same promise without the gateway, as the login role;
//! * [`concurrency`]: many tenants on few connections.
//!
//! What may not be in here: an expectation that the gateway's own code computes. What a tenant may
//! see is asked of the database as the superuser.

mod by_hand;
pub mod catalog;
mod concurrency;
pub mod copy;
mod coverage;
mod database;
mod events;
mod filters;
pub mod ids;
mod invitations;
mod lists;
mod live_members;
pub mod login;
mod memberships;
mod nodes;
mod numbers;
mod orders;
mod people;
mod relations;
mod rights;
mod roles;
mod rows;
pub mod schema;
mod settings;
mod staff;
pub mod twins;
mod users;
mod visible;
