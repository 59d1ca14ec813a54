//! What Stripe's events say.

use billing::stripe::{Event, Happened, goes_on};
use entity::oltp::{
    payment::PaymentStatus as Payment, subscription::SubscriptionStatus as Standing,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parse(kind: &str, object: Value) -> Event {
    let event = json!({ "id": "evt_1", "type": kind, "created": 1_800_000_000, "data": { "object": object } });
    Event::parse(event.to_string().as_bytes()).expect("an event")
}

#[test]
fn a_status_of_stripes_is_one_of_ours() {
    for (told, standing) in [
        ("active", Standing::Active),
        ("trialing", Standing::Active),
        ("past_due", Standing::PastDue),
        ("incomplete", Standing::PastDue),
        ("unpaid", Standing::Unpaid),
        ("paused", Standing::Unpaid),
        ("canceled", Standing::Canceled),
        ("incomplete_expired", Standing::Canceled),
    ] {
        let kind = "customer.subscription.updated";
        let event = parse(kind, json!({ "id": "sub_1", "status": told }));
        let Some(Happened::Subscription(found)) = event.happened else {
            panic!("{event:?}");
        };
        assert_eq!(found.status, standing, "{told}");
        assert_eq!(event.subscription.as_deref(), Some("sub_1"));
    }
}

/// Where Stripe moved fields in its version 2025-03-31, and where the webhook shows objects whole.
#[test]
fn what_was_moved_or_shown_whole_is_found() {
    let object = json!({
        "id": "in_1", "customer": { "id": "cus_1" }, "currency": "usd", "amount_paid": 5,
        "parent": { "subscription_details": { "subscription": "sub_1" } }, "payment_intent": { "id": "pi_1" },
    });
    let event = parse("invoice.paid", object);
    assert_eq!(event.customer.as_deref(), Some("cus_1"));
    assert_eq!(event.subscription.as_deref(), Some("sub_1"));
    let Some(Happened::Invoice(invoice)) = event.happened else {
        panic!("{event:?}");
    };
    let payment = invoice.payment.expect("a payment");
    assert_eq!((payment.id.as_str(), payment.amount), ("pi_1", 5));
    let years = json!({
        "id": "sub_1", "status": "active",
        "items": { "data": [{ "current_period_start": 1, "current_period_end": 2,
            "price": { "product": { "id": "prod_1" }, "recurring": { "interval": "year", "interval_count": 2 } } }] },
    });
    let event = parse("customer.subscription.created", years);
    let Some(Happened::Subscription(found)) = event.happened else {
        panic!("{event:?}");
    };
    assert_eq!(found.months, Some(24));
    assert_eq!(found.product.as_deref(), Some("prod_1"));
    assert!(found.period.is_some());
}

/// In an API version from 2025-03-31 on an invoice has a list of payments, of which one is tried by default.
#[test]
fn the_payment_of_an_invoice_is_one_of_a_list() {
    let payment = |id: Option<&str>, is_default: bool| json!({ "is_default": is_default, "payment": { "type": "payment_intent", "payment_intent": id } });
    let named = |payments: Value| {
        let object = json!({ "id": "in_1", "currency": "usd", "amount_paid": 5, "payments": { "data": payments } });
        let Some(Happened::Invoice(invoice)) = parse("invoice.paid", object).happened else {
            panic!("no invoice");
        };
        invoice.payment.map(|payment| payment.id)
    };
    let (first, second) = (payment(Some("pi_1"), false), payment(Some("pi_2"), true));
    assert_eq!(named(json!([first, second])).as_deref(), Some("pi_2"));
    assert_eq!(named(json!([first])).as_deref(), Some("pi_1"));
    let by_hand = payment(None, true);
    assert_eq!(named(json!([by_hand, first])).as_deref(), Some("pi_1"));
    assert_eq!(named(json!([by_hand])), None);
    assert_eq!(named(json!([])), None);
}

#[test]
fn periods_that_are_not_of_months_have_none() {
    let months = |interval: &str, count: i64| {
        let object = json!({ "id": "sub_1", "status": "active",
            "items": { "data": [{ "price": { "recurring": { "interval": interval, "interval_count": count } } }] } });
        let kind = "customer.subscription.updated";
        let Some(Happened::Subscription(found)) = parse(kind, object).happened else {
            panic!("no subscription");
        };
        found.months
    };
    for (interval, count, expected) in [
        ("month", 1, 1),
        ("month", 120, 120),
        ("month", 121, 0),
        ("year", 10, 120),
        ("year", 11, 0),
        ("week", 4, 0),
        ("day", 30, 0),
    ] {
        assert_eq!(
            months(interval, count),
            Some(expected),
            "{count} {interval}"
        );
    }
}

#[test]
fn an_event_is_live_if_it_says_so() {
    for (told, is_live) in [
        (json!(true), true),
        (json!(false), false),
        (Value::Null, false),
    ] {
        let event = json!({ "id": "evt_1", "type": "x", "created": 1, "livemode": told, "data": { "object": {} } });
        let event = Event::parse(event.to_string().as_bytes()).expect("an event");
        assert_eq!(event.is_live, is_live);
    }
}

#[test]
fn what_is_paid_back_in_part_is_paid() {
    let refund = |whole: bool| json!({ "id": "ch_1", "payment_intent": "pi_1", "amount": 5, "currency": "usd", "refunded": whole });
    assert!(parse("charge.refunded", refund(true)).happened.is_some());
    assert!(parse("charge.refunded", refund(false)).happened.is_none());
}

const STATUSES: [Payment; 4] = [
    Payment::Pending,
    Payment::Failed,
    Payment::Succeeded,
    Payment::Refunded,
];

proptest! {
    /// In whatever order, and however often, statuses are told: the same one is left.
    #[test]
    fn the_order_of_what_is_told_does_not_matter(told in prop::collection::vec(0..4_usize, 1..9)) {
        let last = told.iter().fold(STATUSES[told[0]], |known, next| {
            if goes_on(known, STATUSES[*next]) { STATUSES[*next] } else { known }
        });
        prop_assert_eq!(Some(last), told.iter().max().map(|next| STATUSES[*next]));
    }

    /// Whatever comes is an event or is refused; nothing panics.
    #[test]
    fn any_body_is_read(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Event::parse(&body);
    }
}
