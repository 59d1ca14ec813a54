//! Campaigns that are sent by `gateway worker`, a process that may die, to a real SMTP server in this one.
//!
//! At most once for a lead and a step is what has to hold whatever happens; and that nothing is stuck afterwards.

mod arranged;
mod away;
mod faults;
mod hastened;
mod inside;
mod killed;
mod left_out;
mod limits;
mod logged;
mod mended;
mod promises;
mod queues;
mod redis;
mod stopped;
