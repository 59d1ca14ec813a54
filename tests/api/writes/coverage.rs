//! No mutation, and nothing that a mutation takes, is without its entry.

use std::collections::BTreeSet;

use super::{arranged::on_arranged, entries::UNLIKE, inputs::leaves};
use crate::isolation::schema::Schema;

#[test]
fn every_mutation_has_an_entry() {
    on_arranged(async |arranged| {
        let schema = Schema::served().mutations().iter();
        let mutations: BTreeSet<&str> = schema.map(|field| field.name.as_str()).collect();
        let entries = arranged.entries.iter().map(|entry| entry.name);
        let entries: BTreeSet<&str> = entries.chain(UNLIKE.map(|(name, _)| name)).collect();
        let (missing, left) = (
            mutations.difference(&entries),
            entries.difference(&mutations),
        );
        assert!(
            mutations == entries,
            "mutations without an entry in `writes/entries`: {:?}; entries without a mutation: {:?}",
            missing.collect::<Vec<_>>(),
            left.collect::<Vec<_>>()
        );
        assert_eq!(
            arranged.entries.len() + UNLIKE.len(),
            entries.len(),
            "a mutation has one entry"
        );
    });
}

#[test]
fn every_entry_has_a_value_for_all_that_its_input_can_hold() {
    on_arranged(async |arranged| {
        for entry in &arranged.entries {
            for leaf in leaves(entry.kind()) {
                // What was read before; its values are tested in `stale`.
                let exempt = leaf.name == "expectedUpdated";
                let given = entry.input.pointer(&leaf.pointer).is_some();
                assert!(
                    given || exempt,
                    "the entry of `{}` has nothing at `{}`",
                    entry.name,
                    leaf.pointer
                );
                let selects = entry
                    .input
                    .pointer(&format!("{}/id/in/0", leaf.pointer))
                    .is_some();
                assert!(
                    selects || !leaf.kind.ends_with("Filter"),
                    "the filter of `{}` is to be an id in a list",
                    entry.name
                );
            }
        }
    });
}

#[test]
fn every_mutation_takes_one_input_and_answers_an_object() {
    let schema = Schema::served();
    for field in schema.mutations() {
        let arguments: Vec<&str> = field
            .arguments
            .iter()
            .map(|argument| argument.name.as_str())
            .collect();
        assert_eq!(arguments, ["input"], "{}", field.name);
        assert!(schema.object(&field.kind).is_some(), "{}", field.name);
    }
}
