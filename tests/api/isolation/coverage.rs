//! No root field is without its case. Those of mutations are in [`writes`](crate::writes).

use super::{by_hand::BY_HAND, schema::Schema};

#[test]
fn every_query_has_an_isolation_case() {
    let schema = Schema::served();
    let queries = schema
        .queries()
        .iter()
        .filter(|field| schema.case(field).is_none());
    let mut unlike: Vec<&str> = queries.map(|field| field.name.as_str()).collect();
    let mut by_hand = BY_HAND.map(|(name, _)| name);
    unlike.sort_unstable();
    by_hand.sort_unstable();
    assert_eq!(
        unlike, by_hand,
        "left: the root fields of queries that are like no other; right: those in `BY_HAND`. Write the case of what \
         only the left has; take from the list what only the right has"
    );
}

#[test]
fn the_walk_sees_the_schema() {
    let schema = Schema::served();
    let lists = schema.lists().count();
    assert!(
        lists > 20,
        "only {lists} lists were found, so the walk does not understand the schema any more"
    );
    for (field, _, node) in schema.lists() {
        let filter = field.argument("filter");
        assert!(
            !schema.input(filter).is_empty() && schema.object(&node).is_some(),
            "`{}`",
            field.name
        );
    }
}
