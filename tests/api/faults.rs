//! What goes wrong around a request costs that request at most, and never lets one tenant's context
//! reach another.

mod backends;
mod cancelled_requests;
mod conflicts;
mod database_away;
mod direct;
mod dropped_contexts;
mod folded_rows;
mod killed_backends;
mod killed_tiers;
mod limits;
mod lock;
mod panics;
mod pool_counts;
mod pooled;
mod round_trips;
mod session_names;
mod time_outs;
mod tls;
mod transaction;
