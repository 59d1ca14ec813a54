//! What services of others tell over HTTP.

pub(super) mod stripe;
