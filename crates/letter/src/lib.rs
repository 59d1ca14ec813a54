//! What a campaign's letter is made of, from a template as a tenant keeps it: a subject, and one content that is
//! HTML or plain text.
//!
//! * [`render()`](render()) makes the subject and both bodies of it for one lead.
//! * [`variables_of`] says which variables it names, before there is a lead.
//! * [`holds`] answers a step's `send_condition`; [`check_condition`] says before whether it can be.
//!
//! The crate `mail` does the rest: it tracks, composes and signs links. What may not be in here: SQL, HTTP,
//! sockets, tenants, clocks. For one more variable, add it to [`NAMES`] and to what `variables` serializes.

mod content;
mod engine;
mod error;
mod render;
mod values;
mod variables;

pub use content::{html_of, is_html};
pub use engine::OUTPUT;
pub use error::{Field, Problem, RenderError};
pub use render::{Named, Rendered, Template, check_condition, holds, render, variables_of};
pub use values::{Campaign, Company, Lead, Sender, Variables};
pub use variables::{NAMES, OF_LEAD};
