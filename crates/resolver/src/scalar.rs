//! How stored values show.

mod big_int;
mod date;
mod global_id;
mod json;

pub use big_int::BigInt;
pub use date::Date;
pub use global_id::GlobalId;
pub use json::Json;
