//! Numbers: each event is counted once, whatever is changed, ends late, or dies.
//!
//! The tests change messages as the superuser, whose changes the triggers write down like all others; they count as a
//! worker does, by databases of their own, as the login role.

mod desk;
mod due;
mod exact;
mod follows;
mod isolation;
mod late;
mod maintenance;
mod periods;
mod unknown_zones;
mod zones;
