//! Bad values by kind, in every place that a value of the kind can stand in.

mod scalars;
mod shape;
mod text;

use gateway_tests::Answer;
use serde_json::Value;

use super::{
    arranged::Arranged,
    ask::{Call, error},
    entries::Entry,
    inputs::{Leaf, leaves},
};

/// Calls `test` for every leaf of every entry, but those of filters, which `isolation` has, and of imported
/// leads, whose faults are no errors ([`import`](super::import)).
async fn each(arranged: &Arranged, kinds: &[&str], mut test: impl AsyncFnMut(&Entry, &Leaf)) {
    let mut found = 0;
    for entry in &arranged.entries {
        for leaf in leaves(entry.kind()) {
            if kinds.contains(&leaf.kind.as_str()) && !leaf.pointer.starts_with("/leads/") {
                test(entry, &leaf).await;
                found += 1;
            }
        }
    }
    assert!(found > 0, "no input holds a {kinds:?}");
}

async fn ask(arranged: &Arranged, entry: &Entry, leaf: &Leaf, value: Value) -> Answer {
    let input = entry.with(&leaf.pointer, value);
    Call::with(entry, input)
        .try_out(&arranged.twins.owner())
        .await
}

/// The value is refused by its path, before anything is done.
async fn refused(arranged: &Arranged, entry: &Entry, leaf: &Leaf, value: Value) {
    let shown: String = value.to_string().chars().take(60).collect();
    let answer = ask(arranged, entry, leaf, value).await;
    let (code, argument, message) = error(&answer).unwrap_or_default();
    let (place, path) = (
        format!("{} {} {shown}", entry.name, leaf.pointer),
        leaf.argument(),
    );
    assert_eq!(
        (code, argument),
        ("BAD_USER_INPUT", path.as_str()),
        "{place}: {message}"
    );
    assert!(
        message.starts_with(&format!("`{path}` ")),
        "{place}: {message}"
    );
}

async fn taken(arranged: &Arranged, entry: &Entry, leaf: &Leaf, value: Value) {
    let shown: String = value.to_string().chars().take(60).collect();
    let answer = ask(arranged, entry, leaf, value).await;
    assert_eq!(
        error(&answer),
        None,
        "{} {} {shown}",
        entry.name,
        leaf.pointer
    );
}
