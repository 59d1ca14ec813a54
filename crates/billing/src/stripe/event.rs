//! What events say, as far as it matters here: <https://docs.stripe.com/api/events/types>.
//!
//! Fields that Stripe moved in its version 2025-03-31 are read at both places: a subscription's period, now of its items,
//! and an invoice's subscription, now of its parent, and its payment, now one of a list.

use chrono::{DateTime, Utc};
use entity::oltp::{payment::PaymentStatus, subscription::SubscriptionStatus};
use serde_json::Value;

use super::{Said, StripePayment};
use crate::Period;

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id, by which one that comes again is known.
    pub id: String,
    /// What it is called.
    pub kind: String,
    /// When it happened, to the second.
    pub created: DateTime<Utc>,
    /// Whether it is about money; one of Stripe's test mode is not.
    pub is_live: bool,
    /// The customer it is about.
    pub customer: Option<String>,
    /// The subscription it is about.
    pub subscription: Option<String>,
    /// What it says; `None` for what is nothing to us.
    pub happened: Option<Happened>,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A subscription is like this.
    Subscription(StripeSubscription),
    /// An invoice was paid, or could not be.
    Invoice(Invoice),
    /// A payment goes on.
    Payment(StripePayment),
}

/// A subscription, as an event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripeSubscription {
    /// Whether it is paid.
    pub status: SubscriptionStatus,
    /// The running period.
    pub period: Option<Period>,
    /// What the ends of periods are counted from.
    pub anchor: Option<DateTime<Utc>>,
    /// Months of a period; 0 where it is weeks or days, or longer than ten years, and only Stripe knows where it ends.
    pub months: Option<i32>,
    /// The product that is subscribed to.
    pub product: Option<String>,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// When it was canceled.
    pub canceled: Option<DateTime<Utc>>,
    /// Why, in the customer's words.
    pub reason: Option<String>,
    /// What it was before, as far as the event says what has changed.
    pub before: Said,
}

/// An invoice, as an event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Whether it was paid.
    pub is_paid: bool,
    /// What it is for.
    pub period: Option<Period>,
    /// Its payment, where the event names that.
    pub payment: Option<StripePayment>,
}

/// What was signed is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is no event of Stripe: {0} is missing, or is not what it should be")]
pub struct Malformed(&'static str);

impl Event {
    /// Reads a webhook's body.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(body: &[u8]) -> Result<Self, Malformed> {
        let event: Value = serde_json::from_slice(body).map_err(|_| Malformed("JSON"))?;
        let id = text(&event, "/id").ok_or(Malformed("`id`"))?;
        let kind = text(&event, "/type").ok_or(Malformed("`type`"))?;
        let created = time(&event, "/created").ok_or(Malformed("`created`"))?;
        let object = event.pointer("/data/object");
        let object = object
            .filter(|object| object.is_object())
            .ok_or(Malformed("`data.object`"))?;
        let mut happened = happened(&kind, object, created)?;
        if let Some(Happened::Subscription(told)) = &mut happened {
            told.before = before(event.pointer("/data/previous_attributes"), told);
        }
        Ok(Self {
            is_live: event.pointer("/livemode") == Some(&Value::Bool(true)),
            customer: reference(object, "/customer"),
            subscription: match happened {
                Some(Happened::Subscription(_)) => text(object, "/id"),
                _ => reference(object, "/subscription")
                    .or_else(|| reference(object, "/parent/subscription_details/subscription")),
            },
            id,
            kind,
            created,
            happened,
        })
    }
}

fn happened(
    kind: &str,
    object: &Value,
    created: DateTime<Utc>,
) -> Result<Option<Happened>, Malformed> {
    let payment = |status| payment(object, "/id", "/amount", status, created);
    let happened = match kind {
        "customer.subscription.created"
        | "customer.subscription.updated"
        | "customer.subscription.paused"
        | "customer.subscription.resumed" => Happened::Subscription(subscription(object)?),
        "customer.subscription.deleted" => Happened::Subscription(StripeSubscription {
            status: SubscriptionStatus::Canceled,
            canceled: time(object, "/ended_at").or(Some(created)),
            ..subscription(object)?
        }),
        "invoice.paid" => Happened::Invoice(invoice(object, true, created)?),
        "invoice.payment_failed" => Happened::Invoice(invoice(object, false, created)?),
        "payment_intent.created" | "payment_intent.processing" => {
            Happened::Payment(payment(PaymentStatus::Pending)?)
        }
        "payment_intent.succeeded" => Happened::Payment(payment(PaymentStatus::Succeeded)?),
        "payment_intent.payment_failed" | "payment_intent.canceled" => {
            Happened::Payment(payment(PaymentStatus::Failed)?)
        }
        // A part of it that is paid back leaves it paid.
        "charge.refunded" if object.pointer("/refunded") == Some(&Value::Bool(true)) => {
            let refunded = PaymentStatus::Refunded;
            match reference(object, "/payment_intent") {
                Some(_) => Happened::Payment(self::payment(
                    object,
                    "/payment_intent",
                    "/amount",
                    refunded,
                    created,
                )?),
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(happened))
}

fn subscription(object: &Value) -> Result<StripeSubscription, Malformed> {
    let status = text(object, "/status").ok_or(Malformed("`status`"))?;
    let item = object.pointer("/items/data/0").unwrap_or(&Value::Null);
    let recurring = |key: &str| {
        item.pointer(&format!("/price/recurring/{key}"))
            .or_else(|| item.pointer(&format!("/plan/{key}")))
    };
    let count = recurring("interval_count").map_or(Some(1), Value::as_i64);
    let months = recurring("interval").and_then(Value::as_str);
    let months = months.map(|interval| match interval {
        "month" => count,
        "year" => count.and_then(|count| count.checked_mul(12)),
        _ => None,
    });
    let whole = |months: Option<i64>| months.filter(|months| (1..=120).contains(months));
    Ok(StripeSubscription {
        status: standing(&status)?,
        period: period(object, "/current_period_start", "/current_period_end")
            .or_else(|| period(item, "/current_period_start", "/current_period_end")),
        anchor: time(object, "/billing_cycle_anchor"),
        months: months.and_then(|months| i32::try_from(whole(months).unwrap_or(0)).ok()),
        product: product(item),
        cancel_at_period_end: object.pointer("/cancel_at_period_end") == Some(&Value::Bool(true)),
        canceled: time(object, "/canceled_at"),
        reason: text(object, "/cancellation_details/comment")
            .or_else(|| text(object, "/cancellation_details/reason")),
        before: Said::default(),
    })
}

fn product(item: &Value) -> Option<String> {
    reference(item, "/price/product").or_else(|| reference(item, "/plan/product"))
}

/// What an event names as changed was as it says; all else was as it is.
fn before(previous: Option<&Value>, told: &StripeSubscription) -> Said {
    let Some(previous) = previous.filter(|previous| previous.is_object()) else {
        return Said::default();
    };
    let ends = previous.pointer("/cancel_at_period_end");
    let is_other = previous.get("items").is_some() || previous.get("plan").is_some();
    let item = previous.pointer("/items/data/0").unwrap_or(previous);
    Said {
        ends: Some(
            ends.and_then(Value::as_bool)
                .unwrap_or(told.cancel_at_period_end),
        ),
        product: if is_other {
            product(item)
        } else {
            told.product.clone()
        },
    }
}

/// A trial is as good as paid; what was never paid for waits, as a late payment does; a pause pays nothing.
fn standing(status: &str) -> Result<SubscriptionStatus, Malformed> {
    Ok(match status {
        "active" | "trialing" => SubscriptionStatus::Active,
        "past_due" | "incomplete" => SubscriptionStatus::PastDue,
        "unpaid" | "paused" => SubscriptionStatus::Unpaid,
        "canceled" | "incomplete_expired" => SubscriptionStatus::Canceled,
        _ => return Err(Malformed("`status`")),
    })
}

fn invoice(object: &Value, is_paid: bool, created: DateTime<Utc>) -> Result<Invoice, Malformed> {
    let (status, amount) = if is_paid {
        (PaymentStatus::Succeeded, "/amount_paid")
    } else {
        (PaymentStatus::Failed, "/amount_due")
    };
    let payment = intent(object).map(|id| payment(object, &id, amount, status, created));
    Ok(Invoice {
        is_paid,
        // Of the line: an invoice's own period is the one before, in which it was added to.
        period: object
            .pointer("/lines/data/0/period")
            .and_then(|line| period(line, "/start", "/end")),
        payment: payment.transpose()?,
    })
}

/// Where an invoice has its payment intent: the one that is tried by default, where there is a list of them.
fn intent(invoice: &Value) -> Option<String> {
    let alone = "/payment_intent".to_owned();
    if reference(invoice, &alone).is_some() {
        return Some(alone);
    }
    let payments = invoice.pointer("/payments/data")?.as_array()?;
    let at = |place: usize| format!("/payments/data/{place}/payment/payment_intent");
    let mut places: Vec<usize> = (0..payments.len()).collect();
    let is_default =
        |place: &usize| payments[*place].pointer("/is_default") == Some(&Value::Bool(true));
    places.sort_by_key(|place| !is_default(place));
    let mut found = places.into_iter().map(at);
    found.find(|at| reference(invoice, at).is_some())
}

fn payment(
    object: &Value,
    id: &str,
    amount: &str,
    status: PaymentStatus,
    created: DateTime<Utc>,
) -> Result<StripePayment, Malformed> {
    let currency = text(object, "/currency").map(|code| code.to_ascii_uppercase());
    let is_code = |code: &String| code.len() == 3 && code.bytes().all(|it| it.is_ascii_uppercase());
    Ok(StripePayment {
        id: reference(object, id).ok_or(Malformed("the payment intent"))?,
        status,
        amount: object
            .pointer(amount)
            .and_then(Value::as_i64)
            .ok_or(Malformed("the amount"))?,
        currency: currency.filter(is_code).ok_or(Malformed("`currency`"))?,
        processed: (status != PaymentStatus::Pending).then_some(created),
    })
}

fn period(object: &Value, start: &str, end: &str) -> Option<Period> {
    let (start, end) = (time(object, start)?, time(object, end)?);
    (start < end).then_some(Period { start, end })
}

/// An id, or the object that has it, where the webhook is set to show it whole.
fn reference(object: &Value, at: &str) -> Option<String> {
    text(object, at).or_else(|| text(object, &format!("{at}/id")))
}

/// Texts are kept in columns of 255 characters; longer ones, and those that PostgreSQL can not hold, are none.
fn text(object: &Value, at: &str) -> Option<String> {
    let text = object.pointer(at)?.as_str()?;
    let fits = !text.is_empty() && text.len() <= 255 && !text.contains('\0');
    fits.then(|| text.to_owned())
}

fn time(object: &Value, at: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(object.pointer(at)?.as_i64()?, 0)
}
