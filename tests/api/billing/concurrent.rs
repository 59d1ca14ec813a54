//! Whatever happens at once, and in whatever order, what is written is what one would have written who did it one by one.

use futures::future::join_all;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    Books,
    webhooks::{END, event, invoice, tell},
};

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    /// A worker looks whose period has ended, by a clock that says so many days behind the first end.
    Look(i64),
    /// Stripe tells what became of an invoice.
    Told {
        payment: usize,
        is_paid: bool,
        at: i64,
    },
}

/// Clocks that go back and forth; payments that are made, that fail, and that are made when they are tried again; some of it
/// more than once, and all of it shuffled.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    let looks = vec(-40..400i64, 1..5);
    let payments = vec((0..3u8, 0..40i64, 0..40i64), 1..5);
    let all = (looks, payments, vec(any::<prop::sample::Index>(), 0..4));
    let all = all.prop_map(|(looks, payments, again)| {
        let mut acts: Vec<Act> = looks.into_iter().map(Act::Look).collect();
        for (payment, (fate, start, gap)) in payments.into_iter().enumerate() {
            // No two at one second, of which nobody would know the order.
            let place = i64::try_from(payment).expect("few payments");
            let failed = END + start * 100 + 2 * place;
            let paid = failed + gap * 100 + 1;
            let told = |is_paid, at| Act::Told {
                payment,
                is_paid,
                at,
            };
            acts.extend((fate != 0).then(|| told(false, failed)));
            acts.extend((fate != 1).then(|| told(true, paid)));
        }
        let again: Vec<Act> = again.iter().map(|place| place.get(&acts).clone()).collect();
        acts.extend(again);
        acts
    });
    all.prop_flat_map(|acts| Just(acts).prop_shuffle())
}

impl Books {
    /// As the demo began.
    async fn begin_anew(&self) {
        self.change(
            "DELETE FROM payments; DELETE FROM outbox; DELETE FROM stripe_events;
             UPDATE subscriptions SET status = 'active', cycle_anchor = NULL, stripe_updated = NULL, stripe_status_updated = NULL,
                 current_period_start = '2027-01-31T10:00:00Z', current_period_end = '2027-02-28T10:00:00Z'",
        )
        .await;
    }

    async fn act(&self, act: &Act) {
        match act {
            Act::Look(days) => {
                let now = super::at("2027-02-28T10:00:00Z") + chrono::TimeDelta::days(*days);
                let rolled = self.keeping.roll_over(self.acme, now).await;
                rolled.expect("periods that end");
            }
            Act::Told {
                payment,
                is_paid,
                at,
            } => {
                let kind = match is_paid {
                    true => "invoice.paid",
                    false => "invoice.payment_failed",
                };
                let id = format!("evt_{payment}_{is_paid}");
                let invoice = invoice("acme", &format!("pi_{payment}"), 9900);
                tell(self, &event(&id, kind, *at, invoice)).await;
            }
        }
    }

    /// All that is written, but when, and but in which order payments and states were reported.
    async fn written(&self) -> Value {
        json!([
            self.rows("SELECT id, status, current_period_start, current_period_end, cycle_anchor, plan_id, stripe_updated FROM subscriptions ORDER BY id").await,
            self.rows("SELECT stripe_payment_intent_id, status, amount, processed, subscription_id, period_start, period_end FROM payments ORDER BY 1").await,
            self.rows("SELECT id, event_type, happened FROM stripe_events ORDER BY 1").await,
            self.rows("SELECT topic, payload FROM outbox WHERE topic = 'subscription.renewed' ORDER BY payload ->> 'periodStart'").await,
        ])
    }

    /// One by one, in the order in which it happened; and who looks last has the latest clock.
    async fn act_in_order(&self, acts: &[Act]) {
        let mut acts = acts.to_vec();
        acts.sort_by_key(|act| match act {
            Act::Look(days) => (1, *days),
            Act::Told { at, .. } => (0, *at),
        });
        for act in &acts {
            self.act(act).await;
        }
    }

    async fn expect_as_in_order(&self, acts: &[Act]) {
        self.begin_anew().await;
        self.act_in_order(acts).await;
        let expected = self.written().await;
        self.begin_anew().await;
        join_all(acts.iter().map(|act| self.act(act))).await;
        assert_eq!(self.written().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_at_once_is_as_if_it_had_happened_in_order() {
    let books = Books::new().await;
    let here = Handle::current();
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    });
    let held = block_in_place(|| {
        runner.run(&acts(), |acts| {
            here.block_on(books.expect_as_in_order(&acts));
            Ok(())
        })
    });
    held.expect("what is written in order");
}
