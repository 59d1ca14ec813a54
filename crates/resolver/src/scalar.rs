//! How stored values show.

mod global_id;

pub use global_id::GlobalId;
