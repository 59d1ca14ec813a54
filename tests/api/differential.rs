//! Paging, filters and orders, held against a plain reference over random rows.
//!
//! The rows are drawn from few names and moments, so that ties are common, with nulls and text that
//! is easily mistaken; a second tenant has rows of the same kind. Questions are random trees of
//! filters, orders, sizes and cursors, with connections inside connections. The reference filters,
//! sorts and cuts the same rows in memory; answers are compared whole: ids in order, counts, aggregates,
//! groups, cursors, and whether there is more.
//!
//! Everything follows from a seed, which a failure names. To try others:
//! `DIFFERENTIAL_SEEDS=10..40 cargo test -p gateway-tests differential`.

mod ask;
mod compare;
mod covered;
mod data;
mod draw;
mod filter;
mod inserted;
mod kind;
mod kinds;
mod numbers;
mod reference;
mod row;
mod statements;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;

use ask::{Ask, Order, Size};
use data::Random;
use kinds::KINDS;
use row::Key;

const SEEDS: [u64; 2] = [1, 2];
/// Operations of a seed, and questions in each.
const OPERATIONS: usize = 15;
const QUESTIONS: usize = 10;

fn seeds() -> Vec<u64> {
    let Ok(range) = std::env::var("DIFFERENTIAL_SEEDS") else {
        return SEEDS.to_vec();
    };
    let (first, end) = range
        .split_once("..")
        .expect("DIFFERENTIAL_SEEDS is a range such as 10..40");
    let number = |text: &str| text.parse::<u64>().expect("a number");
    (number(first)..number(end)).collect()
}

#[tokio::test]
async fn random_questions_are_answered_like_the_reference_answers_them() {
    for seed in seeds() {
        let random = Random::new(seed).await;
        let cursors = random.cursors().await;
        let mut rng = StdRng::seed_from_u64(seed);
        for _ in 0..OPERATIONS {
            let asks: Vec<Ask> = (0..QUESTIONS)
                .map(|_| Ask::random(&random.data, &mut rng, 0))
                .collect();
            random.compare(seed, &asks, &cursors).await;
        }
    }
}

/// A list being read from one end to the other.
struct Walk {
    ask: Ask,
    backward: bool,
    read: Vec<Key>,
}

#[tokio::test]
async fn walking_through_pages_meets_every_row_once_and_in_order() {
    for seed in seeds() {
        let random = Random::new(seed).await;
        let cursors = random.cursors().await;
        let mut rng = StdRng::seed_from_u64(seed);
        let mut walks: Vec<Walk> = KINDS
            .iter()
            .flat_map(|kind| walks(&random, &mut rng, kind))
            .collect();
        while !walks.is_empty() {
            for walk in &mut walks {
                let size = rng.random_range(1..25);
                walk.ask.size = if walk.backward {
                    Size::Last(size)
                } else {
                    Size::First(size)
                };
            }
            let asks: Vec<Ask> = walks.iter().map(|walk| walk.ask.clone()).collect();
            random.compare(seed, &asks, &cursors).await;
            walks.retain_mut(|walk| walk.step(&random));
        }
    }
}

/// Two walks through each order of a kind, forward and backward, one of them with a filter.
fn walks(random: &Random, rng: &mut StdRng, kind: &'static kind::Kind) -> Vec<Walk> {
    let mut walks = Vec::new();
    for order in Order::all(kind) {
        for backward in [false, true] {
            let mut ask = Ask::all(kind, order);
            ask.filter = if *[true, false].choose(rng).expect("one") {
                random.data.filter(rng, kind, 0)
            } else {
                Value::Null
            };
            walks.push(Walk {
                ask,
                backward,
                read: Vec::new(),
            });
        }
    }
    walks
}

impl Walk {
    /// Moves to the next page by the cursor of this one; false at the end of the list.
    fn step(&mut self, random: &Random) -> bool {
        let rows = || random.data.rows(self.ask.kind.object).iter();
        // The gateway's page was compared with this one, cursors and all.
        let page = random.data.page(&self.ask, rows());
        let mut keys: Vec<Key> = page.rows.iter().map(|row| row.key).collect();
        if self.backward {
            keys.reverse();
        }
        self.read.extend(keys);
        let more = if self.backward {
            page.previous
        } else {
            page.next
        };
        if more {
            *(if self.backward {
                &mut self.ask.before
            } else {
                &mut self.ask.after
            }) = self.read.last().copied();
            return true;
        }
        let mut all: Vec<Key> = random
            .data
            .sorted(&self.ask, rows())
            .iter()
            .map(|row| row.key)
            .collect();
        if self.backward {
            all.reverse();
        }
        assert_eq!(self.read, all);
        false
    }
}
