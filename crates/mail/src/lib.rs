//! What a piece of mail is: pure functions over bytes and plain structs.
//!
//! * [`parse()`] reads a message as it came; malformed ones, too, with a list of what was wrong.
//! * [`kind()`] tells letters from bounces, automatic replies and complaints.
//! * [`body`] compresses what is kept of a message.
//! * [`text_of()`] makes the text of HTML, and [`track()`](track()) tells when it is read.
//! * [`compose()`] writes a message, with an id by which its answers are known.
//! * [`link`] signs what comes back from a message's links.
//!
//! What may not be in here: SQL, HTTP, sockets, files, tenants, clocks. The strings that leave are fit for
//! PostgreSQL's columns: no U+0000, and not longer than the column takes. For one more thing that can be
//! wrong with a message, add a [`Problem`] that says what became of it.

pub mod body;
pub mod compose;
pub mod kind;
pub mod link;
pub mod parse;
pub mod text;
pub mod track;

pub use compose::{Outgoing, Unsubscribe, compose, message_id, storage_key_of};
pub use kind::{Automatic, Bounce, Complaint, Kind, Severity, kind};
pub use link::{Keys, Link, Refused};
pub use parse::{Attachment, Bound, Bounds, Disposition, Header, Mailbox, Parsed, Problem, parse};
pub use text::{BadHtml, text_of, words_of};
pub use track::track;
