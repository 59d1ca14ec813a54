//! The tables of the platform as Rust types, and the ids of their rows.
//!
//! [`id`] holds the typed ids and their readable text form. A folder per tier holds the tables:
//! [`oltp`] is the transactional one, [`content`] has mail, [`analytics`] numbers, [`queue`] work. A table's module has SeaORM's `Entity`, `Model`, `Column`,
//! `Relation` and `ActiveModel`, and the Rust enums of its status columns.
//!
//! [`columns`] reads a row by the place of its columns.
//!
//! What may not be in here: GraphQL types (an API declares what it shows, it does not derive it
//! from a model), HTTP, connections and pools, and rules about who may see a row (the database's
//! policies decide that).
//!
//! To add a table: write its migration; add a file named in the singular to the tier's folder
//! with the columns in the order of the table, `column_type` spelled out wherever the default
//! differs from the database; give it an id in [`id`] with a prefix nobody has yet; and list the
//! module in the tier's file. A test compares every column with the migrated database.

// The derive macro names this crate as everybody else does.
extern crate self as entity;

pub mod analytics;
pub mod columns;
pub mod content;
pub mod id;
pub mod oltp;
pub mod queue;
