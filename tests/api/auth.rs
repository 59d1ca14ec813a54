//! The door: whose requests are let in, as whom, and what is remembered of the others.
//!
//! * [`provider`]: tokens of an identity provider, its keys, and what happens while it is away;
//! * [`forged`]: tokens that look like such a token;
//! * [`api_keys`]: keys of internal tools;
//! * [`staff`]: staff who read in a tenant;
//! * [`failures`]: who was turned away too often.

mod api_keys;
mod failures;
mod forged;
mod issuer;
mod provider;
mod staff;
