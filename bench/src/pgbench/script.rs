//! A captured request as a script of pgbench.

use std::fmt::Write;

use super::Mode;
use crate::{
    capture::{Captured, Logged, split},
    operation::UNIQUE,
    peer::CONNECTIONS,
};

/// What a connection counts up from, so that what it writes is new each time.
pub(super) const RUN: &str = "run";

/// The script, and the values that it uses as `name=value`.
pub(super) fn script(mode: Mode, request: &Captured, number: usize) -> (String, Vec<String>) {
    // Each connection counts in steps of all of them, from a place of its own.
    let mut text = format!("\\set {RUN} :{RUN} + {CONNECTIONS}\n\\set {NEW} :{RUN} + :client_id\n");
    let mut definitions = Vec::new();
    let is = |logged: &Logged, end: &str| logged.sql.trim_end_matches(';').trim() == end;
    if mode == Mode::Pipeline {
        text.push_str("\\startpipeline\n");
    }
    let statements = &request.statements;
    let work = statements
        .iter()
        .filter(|logged| !is(logged, ROLLBACK) && !is(logged, COMMIT));
    for (at, logged) in work.enumerate() {
        let prefix = format!("r{number}s{at}p");
        for (place, value) in (1..).zip(&logged.values) {
            // What is not defined is NULL.
            if let Some(value) = value {
                let value = request.marked(value);
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
            let _ = writeln!(text, "{};", named(&part, &prefix, logged, request));
        }
        if message {
            text.push_str("\\endpipeline\n");
        }
    }
    let writes = statements.iter().any(|logged| is(logged, COMMIT));
    let _ = writeln!(text, "{};", if writes { COMMIT } else { ROLLBACK });
    if mode == Mode::Pipeline {
        text.push_str("\\endpipeline\n");
    }
    (text, definitions)
}

/// The number of a transaction.
const NEW: &str = "new";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// `$1` as `:prefix1`, cast to its declared type; the last first, or `$1` would be found in `$10`. What the
/// request made new is made new by the transaction's number.
fn named(sql: &str, prefix: &str, logged: &Logged, request: &Captured) -> String {
    let one = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let values = logged.values.iter().enumerate().rev();
    values.fold(one, |sql, (index, value)| {
        let place = index + 1;
        let is_new = |value: &String| request.marked(value).contains(UNIQUE);
        let name = if value.as_ref().is_some_and(is_new) {
            format!(
                "replace(:{prefix}{place}, '{UNIQUE}', lpad(to_hex((:{NEW})::bigint), 12, '0'))"
            )
        } else {
            format!(":{prefix}{place}")
        };
        let name = match logged.types.get(index) {
            Some(Some(declared)) => format!("({name})::{declared}"),
            _ => name,
        };
        sql.replace(&format!("${place}"), &name)
    })
}

#[cfg(test)]
mod tests {
    use super::{Mode, script};
    use crate::capture::{Captured, Logged};

    fn logged(sql: &str, values: Vec<Option<String>>, types: &[&str]) -> Logged {
        let types = types.iter().map(|name| Some((*name).to_owned())).collect();
        Logged {
            sql: sql.to_owned(),
            values,
            types,
        }
    }

    fn captured(statements: Vec<Logged>) -> Captured {
        Captured {
            number: "0123456789ab".to_owned(),
            since: 1_700_000_000_000,
            statements,
        }
    }

    #[test]
    fn an_opening_message_is_one_round_trip_and_values_are_named() {
        let request = captured(vec![
            logged("BEGIN; SET LOCAL a = 'b'", Vec::new(), &[]),
            logged(
                "SELECT unnest($1), $10",
                vec![Some("x".to_owned()); 10],
                &["uuid[]"],
            ),
            logged("ROLLBACK", Vec::new(), &[]),
        ]);
        let (serial, definitions) = script(Mode::Serial, &request, 3);
        assert_eq!(
            serial,
            "\\set run :run + 8\n\\set new :run + :client_id\n\\startpipeline\nBEGIN;\nSET LOCAL a = 'b';\n\\endpipeline\n\
            SELECT unnest((:r3s1p1)::uuid[]), :r3s1p10;\nROLLBACK;\n"
        );
        assert_eq!(
            (definitions.len(), definitions[0].as_str()),
            (10, "r3s1p1=x")
        );
        let (pipeline, _) = script(Mode::Pipeline, &request, 3);
        assert_eq!(pipeline.matches("pipeline").count(), 2);
    }

    #[test]
    fn what_is_written_is_kept_and_new_each_time() {
        let (made, older) = (
            "018bcfe5-6801-7000-8000-000000000001",
            "018bcfe5-67ff-7000-8000-000000000001",
        );
        let values = [made, older, "l1.0123456789ab@import.test"];
        let values = values.map(|value| Some(value.to_owned())).to_vec();
        let insert = logged("INSERT $1, $2, $3", values, &["uuid", "uuid", "text"]);
        let request = captured(vec![insert, logged("COMMIT", Vec::new(), &[])]);
        let (text, definitions) = script(Mode::Pipeline, &request, 0);
        let new = |place: u32| {
            format!("replace(:r0s0p{place}, '@unique@', lpad(to_hex((:new)::bigint), 12, '0'))")
        };
        let insert = format!(
            "INSERT ({})::uuid, (:r0s0p2)::uuid, ({})::text;\nCOMMIT;\n\\endpipeline\n",
            new(1),
            new(3)
        );
        assert!(text.ends_with(&insert), "{text}");
        let expected = [
            "r0s0p1=@unique@-7000-8000-000000000001".to_owned(),
            format!("r0s0p2={older}"),
            "r0s0p3=l1.@unique@@import.test".to_owned(),
        ];
        assert_eq!(definitions, expected);
    }
}
