//! GraphQL objects backed by rows, resolved a level at a time inside async-graphql.
//!
//! async-graphql makes a future, a context and a path node for every scalar of every row. A type of
//! this crate answers for its whole selection set instead: the columns of all rows of a level are
//! copied without a future, and every selected relation is **one** [`Load::load`] call for all rows
//! of the level. A nested query therefore costs one call for each relation it names, however many
//! rows there are.
//!
//! What may not be in here: SQL, tenants, authentication, pagination. The crate knows rows, keys
//! and GraphQL; where rows come from is the business of the [`Load`] implementations.
//!
//! # The way of a selection
//!
//! A root field of async-graphql returns [`One`], [`Many`], [`Item`] or [`Items`] → `resolve` collects
//! the selected fields (`collect`, section 6.3.2 of the specification, October 2021) → guards and
//! relations run concurrently, each once for the level ([`Level`]) → `write` puts every row's values
//! together and sends errors to the nearest nullable parent (section 6.4.4).
//!
//! # What differs from async-graphql's objects
//!
//! A guard runs once for a field and level, not for each row. Extensions are not called for fields
//! of rows (`Extension::resolve` sees the field that returns the rows). A directive of the server's
//! own on such a field is an error. `Context::look_ahead` in a loader sees all selections with the
//! same response key together. Lists are one level as [`Many`]; a `Vec<One<T>>` would
//! be a level for each row.
//!
//! # To add an object
//!
//! Declare it with [`object!`]: the type, the row it shows, one line for each column or relation.
//! A GraphQL type shows a stored type once it implements [`Scalar`] for it; a relation needs a
//! [`Load`]. An object that has a shape of its own (a connection, generic over what it lists) is
//! declared with generics or implements [`Object`] by hand.
//!
//! # To add an interface
//!
//! Declare it with [`interface!`], name its objects there, and say `implements` in their
//! declarations. Resolvers return [`Item`] and [`Items`].

mod arguments;
mod collect;
mod column;
mod error;
mod escape;
mod failure;
mod field;
mod form;
mod found;
mod fragment;
mod interface;
mod item;
mod json;
mod key;
mod level;
mod load;
mod merge;
mod moment;
mod object;
mod output;
mod path;
mod reads;
mod register;
mod relation;
mod resolve;
mod root;
mod scalar;
mod seam;
mod write;

pub use arguments::{Argument, Arguments};
pub use column::Column;
pub use error::FieldError;
pub use field::{Field, GuardCheck};
pub use form::{Cell, Output};
pub use interface::{Implements, Interface, InterfaceField, Member, Membership};
pub use item::{Item, Items};
pub use json::JsonText;
pub use level::Level;
pub use load::Load;
pub use object::Object;
pub use output::{Many, One};
pub use reads::{reads, reads_through};
pub use relation::Relation;
pub use root::{Root, RootFields};
pub use rows_macros::{interface, object};
pub use scalar::Scalar;
pub use seam::registry;

/// What the macros name in the code they write; no interface for people.
#[doc(hidden)]
pub mod expansion {
    pub use crate::key::{Key, Present};
    pub use async_graphql;
}
