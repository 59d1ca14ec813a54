//! Data to look at and data to measure with.
//!
//! [`demo()`] makes two tenants with a few months of everything, once; [`synthetic()`] makes any number
//! of tenants of any size. Both write the same tables in the same way: a row is a pure function
//! of its tenant and its number, so the same plan gives the same rows whatever the size of a batch,
//! and one file of `table/` says what a table's rows look like.
//!
//! Mail and jobs are in databases of their own, which are filled where their URLs are given; jobs are the demo's alone.
//!
//! Both need the URL of a superuser (or of a role with BYPASSRLS that may write all tables): row
//! level security is forced on the owner of the tables, too, and `COPY` refuses to work under it.
//!
//! What may not be in here: entities of the application (the data must be writable by a program that
//! knows only the schema), and anything a request runs.
//!
//! To add a table: a file in `table/` with a [`table::Table`], listed in `table.rs` (or in `table/mail.rs` or
//! `queue.rs`, if it is of another tier) after the tables that it points to; then `cargo test -p seed`, which fails for a table of the database that holds
//! nothing.

mod bulk;
mod calendar;
mod demo;
mod draw;
mod error;
mod key;
mod load;
mod mailbox;
mod person;
mod plan;
mod platform;
mod queue;
mod row;
mod staff;
mod synthetic;
mod table;
mod tenant;
mod urls;
mod words;

pub use demo::{Account, Demo, DemoTenant, demo, demo_accounts};
pub use error::Error;
pub use plan::Plan;
pub use synthetic::{Report, SeededTenant, synthetic};
pub use urls::AdminUrls;
