//! How stored values show.

mod big_int;
mod global_id;
mod json;

pub use big_int::BigInt;
pub use global_id::GlobalId;
pub use json::Json;
