//! Scalars that mean nothing, numbers and moments that are out of range.

use serde_json::json;

use super::{each, refused, taken};
use crate::writes::arranged::on_arranged;

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
