//! What has expired goes, and what does not fit together is found. Each does a bounded part at once, and may be done
//! again at any time.

mod expire;
mod forget;
mod orphans;

pub use orphans::{Orphans, Unknown};
