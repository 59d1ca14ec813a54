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
//! # Two forms of an answer
//!
//! The request's data says with [`Output`] what is made of rows: a tree of async-graphql's values, or
//! JSON text. As JSON, a level is one text: the levels below it are complete, their parts are copied,
//! and columns write themselves ([`Scalar::write`]) without a value in between. Where a level's objects
//! have one field only, which stands below, its text is theirs with the key around each part. A whole root
//! field is then one value of async-graphql, an object with the key by which serde_json knows raw JSON
//! (`fragment`). [`JsonText::value`] writes it as it is; plain serde_json checks it once more and
//! writes the same.
//!
//! Both forms go through the same code but for `write::tree` and `write::json`: the same errors with
//! the same paths, the same nulls. Text cannot be merged, so what async-graphql merges (a field that is
//! selected twice under one key, and resolved twice) is a tree in either form. It merges no field of a
//! [`Root`] where the request has [`RootFields`]. The tests hold random operations in both forms against
//! each other and against async-graphql's own objects.
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
//! A GraphQL type shows a stored type once it implements [`Scalar`] for it, and shows it quickly once
//! it has a [`Scalar::write`] of its own; a relation needs a [`Load`]. An object that has a shape of its own (a connection, generic over what it lists) is
//! declared with generics or implements [`Object`] by hand.
//!
//! # To add an interface
//!
//! Declare it with [`interface!`], name its objects there, and say `implements` in their
//! declarations. Resolvers return [`Item`] and [`Items`].

mod arguments;
mod asked;
mod collect;
mod column;
mod direct;
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
mod rows;
mod scalar;
mod seam;
mod weight;
mod write;

pub use arguments::{Argument, Arguments};
pub use column::Column;
pub use direct::{Query, Roots, execute};
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
pub use seam::{Environment, Inquiry, registry};
pub use weight::{ListSize, cost, list_size, weigh};

/// What the macros name in the code they write; no interface for people.
#[doc(hidden)]
pub mod expansion {
    pub use crate::key::{Key, Present};
    pub use async_graphql;
}
