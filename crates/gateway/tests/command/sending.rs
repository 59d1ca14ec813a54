//! Campaigns that are sent by `gateway worker`, a process that may die, to a real SMTP server in this one.
//!
//! At most once for a lead and a step is what has to hold whatever happens; and that nothing is stuck afterwards.

mod arranged;
mod away;
mod conditions;
mod edited;
mod everybody;
mod faults;
mod given_up;
mod hastened;
mod inside;
mod kept_back;
mod killed;
mod left_out;
mod limits;
mod logged;
mod mended;
mod passwords;
mod promises;
mod queues;
mod reached;
mod redis;
mod signed_in;
mod slow;
mod stopped;
mod threaded;
