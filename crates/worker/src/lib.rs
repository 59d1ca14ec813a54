//! Jobs: how they are made, handed out, and what becomes of them.
//!
//! ```text
//!   mutation ── outbox (its transaction) ── relay ── jobs ── claim ── handler, in the tenant's context
//!                                                      ▲                 │ done │ again │ failed
//!                                                      └── run_at ◄──────┴──────┴───────┘
//! ```
//!
//! PostgreSQL is the record; Redis, where there is one, only says sooner that there is something to do. Whoever claims a
//! job holds a lease and a number, its `fence`; what is written about a job says that number, so one whose lease ran
//! out, and whose job somebody else does by now, writes nothing. A job may be done twice, when its worker dies after the
//! work and before it says so: what a [`Handler`] does has to stand that.
//!
//! * `relay`: what the outbox holds becomes jobs; `schedule`: what is done at certain times;
//! * `due`, `claim`, `ending`, `sweep`: the statements about jobs; `clock`: what is done every so often;
//! * `hasten`: how one job tells another that what it waits for has happened;
//! * `run`: a worker, `take`: where its jobs come from, `work`: one attempt at one;
//! * `room`: the places of a worker, `shares`: what one tenant may have of them;
//! * `span`, `metrics`: an attempt in a trace, and among the numbers;
//! * `wake`, `lists`: how a worker hears that there is something to do, in this process and through Redis.
//!
//! The claims see ids, never what a job says: that is read by the job itself, as its tenant. What may not be in here:
//! what any job does.

mod claim;
mod clock;
mod due;
mod ending;
mod handler;
mod hasten;
mod job;
mod lists;
mod metrics;
mod relay;
mod room;
mod run;
mod schedule;
mod shares;
mod span;
mod statement;
mod sweep;
mod take;
mod wake;
mod work;

pub use handler::{Done, Failure, Handler, Handlers};
pub use hasten::{hand_over, hasten, hasten_all, repeat};
pub use job::Job;
pub use run::{Options, Worker};
pub use shares::{Share, Shares};
pub use wake::Wake;
