//! What became of a payment.

use chrono::{DateTime, Utc};
use entity::oltp::payment::PaymentStatus;

/// A payment, as an event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripePayment {
    /// The payment intent's id.
    pub id: String,
    /// What became of it.
    pub status: PaymentStatus,
    /// In minor units.
    pub amount: i64,
    /// ISO 4217 code of the amount, in capitals.
    pub currency: String,
    /// When it was settled either way.
    pub processed: Option<DateTime<Utc>>,
}

/// Whether a payment that is `from` by now becomes `to`. A status only goes on, from pending to failed, from there, as it
/// is tried again, to succeeded, and from there to refunded: what is told late, or twice, turns nothing back.
#[must_use]
pub fn goes_on(from: PaymentStatus, to: PaymentStatus) -> bool {
    rank(to) > rank(from)
}

fn rank(status: PaymentStatus) -> u8 {
    match status {
        PaymentStatus::Pending => 0,
        PaymentStatus::Failed => 1,
        PaymentStatus::Succeeded => 2,
        PaymentStatus::Refunded => 3,
    }
}
