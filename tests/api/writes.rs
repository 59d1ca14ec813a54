//! Writes: every mutation does what it says, for those who may, to one's own rows, wholly or not at all.
//!
//! [`entries`] holds one valid input of every mutation, with a value for everything that the input
//! can hold; most tests are walks over these, so that a new mutation is covered the day it has an
//! entry, and one without fails by its name ([`coverage`]).
//!
//! * [`done`]: what is written is answered, saved, and all that changed;
//! * [`roles`]: who may;
//! * [`foreign`]: another tenant's id is an unknown one;
//! * [`undone`]: an error anywhere undoes everything;
//! * [`values`], [`refusals`], [`transitions`], [`unique`]: what is wrong with a value, and where it stands;
//! * [`stale`], [`races`], [`limits`], [`sequences`]: two at once;
//! * [`primary_domain`]: one of a tenant's rows is different;
//! * [`passwords`]: what a member may use and may not read;
//! * [`preview`]: what a template makes of a lead;
//! * [`import`]: many leads in one call;
//! * [`invitations`]: what the invited does, in no tenant yet;
//! * [`model`]: random writes against a plain model.
//!
//! Every answer's messages are searched for what is the database's own ([`messages`]).
//!
//! What may not be in here: an expectation that the gateway's own code computes.

pub mod arranged;
pub mod ask;
mod coverage;
mod done;
mod dump;
pub mod entries;
mod foreign;
mod import;
mod inputs;
mod invitations;
mod limits;
mod messages;
mod model;
mod passwords;
mod preview;
mod primary_domain;
mod races;
mod refusals;
mod roles;
mod sequences;
mod stale;
mod subjects;
mod transitions;
mod undone;
mod unique;
mod values;
