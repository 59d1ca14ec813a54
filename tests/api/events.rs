//! What the gateway tells of itself: events that leave for analytics, and rows for those who run it.

mod leaving;
mod pools;
mod rows;
mod schemas;
