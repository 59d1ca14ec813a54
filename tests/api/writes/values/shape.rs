//! Null where something must be, and what is no value of the type at all.

use gateway_tests::Answer;
use serde_json::{Value, json};

use super::{ask, refused, taken};
use crate::{
    isolation::{
        schema::{Schema, snake},
        twins::one,
    },
    writes::{
        arranged::{Arranged, on_arranged},
        ask::{Call, error},
        entries::Entry,
        inputs::{Leaf, leaves},
    },
};

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
    one(&arranged.twins.world, &sql).await
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
                    assert_misfit(&answer, entry, &leaf.name);
                }
            }
            let answer = Call::with(entry, entry.with("/noSuchField", json!(1)))
                .send(&arranged.twins.owner())
                .await;
            assert_misfit(&answer, entry, "noSuchField");
        }
    });
}

/// Validation refuses it, or the argument that was to be read; the path is said either way.
fn assert_misfit(answer: &Answer, entry: &Entry, name: &str) {
    let (code, argument, message) = error(answer).unwrap_or_default();
    assert!(
        ["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"].contains(&code),
        "{} {name}: {:#}",
        entry.name,
        answer.body
    );
    assert!(message.contains(name), "{} {name}: {message}", entry.name);
    assert!(
        argument.starts_with("input"),
        "{} {name}: {argument}",
        entry.name
    );
    assert_eq!(answer.statements(), 0, "{} {name}", entry.name);
}
