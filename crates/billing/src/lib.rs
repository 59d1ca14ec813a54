//! What a subscription does as time goes by, and what a payment provider says of it. Pure: what is known goes in, what
//! is to be written comes out.
//!
//! * `cycle`: where periods end;
//! * `grant`: whether a subscription grants its plan, as SQL asks it;
//! * `subscription`: what becomes of a subscription when its periods end ([`roll`]), and what may be asked of it;
//! * `terms`: whether one plan is more than another;
//! * [`stripe`]: signatures of webhooks, and the events that matter here.
//!
//! What may not be in here: statements that are sent, HTTP, a clock. `bookkeeping` writes down what this says.

mod cycle;
mod grant;
pub mod stripe;
mod subscription;
mod terms;

pub use cycle::{Cycle, Period};
pub use grant::{GRANTS, counting, granted};
pub use subscription::{Rolled, Step, Subscription, roll};
pub use terms::{LIMITS, Terms};
