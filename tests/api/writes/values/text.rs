//! Text: how long, and whether there must be some.

use serde_json::json;

use super::{each, refused, taken};
use crate::writes::{
    arranged::on_arranged,
    inputs::{Leaf, required},
};

/// Text without a limit of its own.
const LONGEST_TEXT: usize = 200_000;

/// Text that is not any: words of a list, and an expression of them.
const OF_OUR_WORDS: [&str; 3] = ["conditionType", "conditionValue", "sendCondition"];

#[test]
fn text_is_as_long_as_its_column_at_the_most() {
    on_arranged(async |arranged| {
        each(arranged, &["String"], async |entry, leaf| {
            let limited = leaf.docs.contains("characters at most");
            let longest = if limited {
                leaf.numbers()[0] as usize
            } else {
                LONGEST_TEXT
            };
            // Not a byte: a letter of two bytes is one character.
            if !OF_OUR_WORDS.contains(&&*leaf.name) {
                taken(arranged, entry, leaf, json!("é".repeat(longest))).await;
            }
            refused(arranged, entry, leaf, json!("é".repeat(longest + 1))).await;
        })
        .await;
    });
}

#[test]
fn text_that_postgresql_can_not_hold_is_refused() {
    on_arranged(async |arranged| {
        each(arranged, &["String"], async |entry, leaf| {
            refused(arranged, entry, leaf, json!("a\u{0}b")).await;
        })
        .await;
    });
}

#[test]
fn text_that_must_be_there_is_not_blank() {
    on_arranged(async |arranged| {
        let mut blank = 0;
        each(arranged, &["String"], async |entry, leaf| {
            if must_be_there(leaf) {
                refused(arranged, entry, leaf, json!("")).await;
                refused(arranged, entry, leaf, json!(" \t\n\u{a0}")).await;
                blank += 1;
            }
        })
        .await;
        assert!(blank > 10, "{blank}");
    });
}

/// Whether the field is required, where it makes a row or changes one.
fn must_be_there(leaf: &Leaf) -> bool {
    let made = leaf.parent.strip_suffix("Changes").unwrap_or_default();
    let inputs = [
        leaf.parent.clone(),
        format!("Create{made}Input"),
        format!("{made}Input"),
    ];
    inputs
        .iter()
        .any(|input| required(input, &leaf.name) == Some(true))
}
