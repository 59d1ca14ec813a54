//! A captured request as a script of pgbench.

use std::fmt::Write;

use super::Mode;
use crate::capture::{Logged, split};

/// The script, and the values that it uses as `name=value`.
pub(super) fn script(mode: Mode, request: &[Logged], number: usize) -> (String, Vec<String>) {
    let (mut text, mut definitions) = (String::new(), Vec::new());
    let ends = |sql: &str| ["ROLLBACK", "COMMIT"].contains(&sql.trim_end_matches(';').trim());
    if mode == Mode::Pipeline {
        text.push_str("\\startpipeline\n");
    }
    let work = request.iter().filter(|logged| !ends(&logged.sql));
    for (at, logged) in work.enumerate() {
        let prefix = format!("r{number}s{at}p");
        for (place, value) in (1..).zip(&logged.values) {
            // What is not defined is NULL.
            if let Some(value) = value {
                definitions.push(format!("{prefix}{place}={value}"));
            }
        }
        // A message of several statements is one round trip, which pgbench makes of a pipeline only.
        let parts = split(&logged.sql);
        let message = mode == Mode::Serial && parts.len() > 1;
        if message {
            text.push_str("\\startpipeline\n");
        }
        for part in parts {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{};", named(&part, &prefix, logged));
        }
        if message {
            text.push_str("\\endpipeline\n");
        }
    }
    text.push_str("ROLLBACK;\n");
    if mode == Mode::Pipeline {
        text.push_str("\\endpipeline\n");
    }
    (text, definitions)
}

/// `$1` as `:prefix1`, cast to its declared type; the last first, or `$1` would be found in `$10`.
fn named(sql: &str, prefix: &str, logged: &Logged) -> String {
    let one = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=logged.values.len()).rev().fold(one, |sql, place| {
        let name = match logged.types.get(place - 1) {
            Some(Some(declared)) => format!("(:{prefix}{place})::{declared}"),
            _ => format!(":{prefix}{place}"),
        };
        sql.replace(&format!("${place}"), &name)
    })
}

#[cfg(test)]
mod tests {
    use super::{Mode, script};
    use crate::capture::Logged;

    #[test]
    fn an_opening_message_is_one_round_trip_and_values_are_named() {
        let request = [
            Logged {
                sql: "BEGIN; SET LOCAL a = 'b'".to_owned(),
                values: Vec::new(),
                types: Vec::new(),
            },
            Logged {
                sql: "SELECT unnest($1), $10".to_owned(),
                values: vec![Some("x".to_owned()); 10],
                types: vec![Some("uuid[]".to_owned())],
            },
            Logged {
                sql: "ROLLBACK".to_owned(),
                values: Vec::new(),
                types: Vec::new(),
            },
        ];
        let (serial, definitions) = script(Mode::Serial, &request, 3);
        assert_eq!(
            serial,
            "\\startpipeline\nBEGIN;\nSET LOCAL a = 'b';\n\\endpipeline\nSELECT unnest((:r3s1p1)::uuid[]), :r3s1p10;\nROLLBACK;\n"
        );
        assert_eq!(
            (definitions.len(), definitions[0].as_str()),
            (10, "r3s1p1=x")
        );
        let (pipeline, _) = script(Mode::Pipeline, &request, 3);
        assert_eq!(pipeline.matches("pipeline").count(), 2);
    }
}
