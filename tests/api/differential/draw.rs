//! Random values with many ties and much that is easily mistaken.

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use uuid::Uuid;

/// Text that quoting, matching, collation or normalisation could get wrong.
pub const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "b",
    "Zed",
    "zed",
    "Ä",
    "ä",
    "a\u{308}",
    "日本語",
    "😀",
    "\u{ffff}",
    "50%",
    "50",
    "%",
    "_",
    "under_score",
    "underXscore",
    "back\\slash",
    "\\",
    "quo'te",
    "''",
    "dou\"ble",
    "$1",
    "?",
    "{}",
    "null",
    "line\nbreak",
    "tab\t",
    "a ",
];

/// A text of the pool.
pub fn text(rng: &mut StdRng) -> String {
    (*TEXTS.choose(rng).expect("texts")).to_owned()
}

/// The beginning of a text, often all of it.
pub fn prefix(rng: &mut StdRng, text: &str) -> String {
    let length = text.chars().count();
    text.chars().take(rng.random_range(0..=length)).collect()
}

/// One of a dozen moments, some of which are a microsecond apart.
pub fn time(rng: &mut StdRng) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-03-01T09:30:00Z".parse().expect("a moment");
    start
        + TimeDelta::days(rng.random_range(0..4))
        + TimeDelta::microseconds(rng.random_range(0..3))
}

/// A number, often a small one.
pub fn number(rng: &mut StdRng) -> i64 {
    match rng.random_range(0..12) {
        0 => i64::from(i32::MAX),
        1 => 0,
        _ => rng.random_range(1..6),
    }
}

/// A UUID that the seed decides on.
pub fn uuid(rng: &mut StdRng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid()
}
