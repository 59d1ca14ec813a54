//! Bad values by kind, in every place that a value of the kind can stand in.

use gateway_tests::Answer;
use serde_json::{Value, json};

use super::{
    arranged::{Arranged, on_arranged},
    ask::{Call, error},
    entries::Entry,
    inputs::{Leaf, leaves, required},
};
use crate::isolation::schema::{Schema, snake};

/// Text without a limit of its own.
const LONGEST_TEXT: usize = 200_000;

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
            taken(arranged, entry, leaf, json!("é".repeat(longest))).await;
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

/// What means nothing as a value of a scalar.
const MEANINGLESS: [(&str, &[&str]); 8] = [
    (
        "EmailAddress",
        &[
            "",
            "ada",
            "ada@localhost",
            "Ada <ada@example.com>",
            "a\u{0}b@example.com",
        ],
    ),
    (
        "DomainName",
        &[
            "",
            "localhost",
            "10.0.0.1",
            "https://a.com",
            "a..com",
            "a\u{0}b.com",
        ],
    ),
    (
        "WebAddress",
        &[
            "",
            "logo.png",
            "ftp://example.com",
            "javascript:alert(1)",
            "https://u:p@example.com",
        ],
    ),
    ("Color", &["", "blueish", "#12", "\u{0}"]),
    (
        "TimeZone",
        &["", "UTC+25", "Mars/Olympus", "Europe/Berlin\u{0}x"],
    ),
    ("LocalTime", &["", "24:00", "9am", "09:60", "09:30\u{0}"]),
    ("LanguageTag", &["", "no such tag", "x\u{0}"]),
    ("CountryCode", &["", "Germany", "276", "D\u{0}"]),
];

#[test]
fn scalars_that_mean_nothing_are_refused() {
    on_arranged(async |arranged| {
        for (kind, values) in MEANINGLESS {
            each(arranged, &[kind], async |entry, leaf| {
                for value in values {
                    refused(arranged, entry, leaf, json!(value)).await;
                }
            })
            .await;
        }
    });
}

#[test]
fn numbers_are_within_the_limits_that_the_schema_tells() {
    on_arranged(async |arranged| {
        each(arranged, &["Int"], async |entry, leaf| {
            let limits = match leaf.name.as_str() {
                "position" => vec![1, 100],
                "port" => vec![1, 65_535],
                _ => leaf.numbers(),
            };
            let [least, most] = limits[..2] else {
                panic!("`{}` tells no limits", leaf.pointer)
            };
            for value in [
                least - 1,
                most + 1,
                i64::from(i32::MIN),
                i64::from(i32::MAX),
            ] {
                refused(arranged, entry, leaf, json!(value)).await;
            }
            taken(arranged, entry, leaf, json!(least)).await;
            taken(arranged, entry, leaf, json!(most)).await;
        })
        .await;
    });
}

#[test]
fn moments_are_within_the_years_that_can_be_stored() {
    on_arranged(async |arranged| {
        each(arranged, &["DateTime"], async |entry, leaf| {
            if leaf.name == "expectedUpdated" {
                return;
            }
            for value in [
                "+10000-01-01T00:00:00Z",
                "0000-12-31T23:59:59Z",
                "-0001-01-01T00:00:00Z",
            ] {
                refused(arranged, entry, leaf, json!(value)).await;
            }
        })
        .await;
    });
}

/// The nullable columns take null, the others refuse it, by the database's word.
#[test]
fn null_empties_a_column_that_may_be_empty() {
    on_arranged(async |arranged| {
        let (mut emptied, mut kept) = (0, 0);
        for entry in &arranged.entries {
            for leaf in leaves(entry.kind())
                .iter()
                .filter(|leaf| leaf.parent.ends_with("Changes"))
            {
                if nullable(arranged, leaf).await {
                    taken(arranged, entry, leaf, Value::Null).await;
                    emptied += 1;
                } else {
                    refused(arranged, entry, leaf, Value::Null).await;
                    kept += 1;
                }
            }
        }
        assert!(emptied > 30 && kept > 20, "{emptied} {kept}");
    });
}

async fn nullable(arranged: &Arranged, leaf: &Leaf) -> bool {
    let object = leaf.parent.trim_end_matches("Changes");
    let table = Schema::served().table(object).expect("a listed object");
    let column = snake(&leaf.name).replace("contact_id", "contact_user_id");
    let sql = format!(
        "SELECT is_nullable = 'YES' FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name = '{table}' AND column_name = '{column}'"
    );
    crate::isolation::twins::one(&arranged.twins.world, &sql).await
}

#[test]
fn what_does_not_fit_the_schema_is_refused_by_its_path() {
    on_arranged(async |arranged| {
        for entry in &arranged.entries {
            for leaf in leaves(entry.kind())
                .iter()
                .filter(|leaf| !leaf.kind.ends_with("Filter"))
            {
                for wrong in [json!({ "unknown": 1 }), json!(1.5)] {
                    let answer = ask(arranged, entry, leaf, wrong).await;
                    if leaf.kind == "DateTime" {
                        // The library's scalar is looked at when it is read, and knows no path.
                        assert_eq!(
                            answer.code(),
                            "BAD_USER_INPUT",
                            "{} {}",
                            entry.name,
                            leaf.pointer
                        );
                    } else {
                        assert_misfit(&answer, entry, &leaf.name);
                    }
                }
            }
            let answer = Call::with(entry, entry.with("/noSuchField", json!(1)))
                .send(&arranged.twins.owner())
                .await;
            assert_misfit(&answer, entry, "noSuchField");
        }
    });
}

fn assert_misfit(answer: &Answer, entry: &Entry, names: &str) {
    let (code, _, message) = error(answer).unwrap_or_default();
    assert_eq!(
        code, "GRAPHQL_VALIDATION_FAILED",
        "{} {names}: {:#}",
        entry.name, answer.body
    );
    assert!(message.contains(names), "{} {names}: {message}", entry.name);
    assert_eq!(answer.statements(), 0, "{} {names}", entry.name);
}
