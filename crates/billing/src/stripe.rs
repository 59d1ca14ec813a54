//! Stripe's webhooks: signatures, and what events say.
//!
//! Source: <https://docs.stripe.com/webhooks> and <https://docs.stripe.com/api/events>.

mod event;
mod payment;
mod said;
mod signature;

pub use event::{Event, Happened, Invoice, Malformed, StripeSubscription};
pub use payment::{StripePayment, goes_on};
pub use said::{News, Said};
pub use signature::{BadSignature, NoSecret, Secrets, TOLERANCE};
