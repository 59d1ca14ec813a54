//! How many statements numbers cost: as many as an operation has levels, whatever the data.

use gateway_tests::World;

/// Operations and their statements, with a page of `$n` parents.
const SHAPES: &[(&str, u32)] = &[
    ("{ leads { aggregates { count } } }", 1),
    // The count and the aggregates of one list are one statement, and its groups another.
    (
        "{ campaigns(first: $n) { totalCount aggregates { count min { created } } groups(by: [STATUS]) { aggregates { count } } } }",
        2,
    ),
    ("{ campaigns(first: $n) { estimatedCount } }", 1),
    // The campaigns; of all their steps the numbers and the groups.
    (
        "{ campaigns(first: $n) { nodes { steps { totalCount estimatedCount aggregates { sum { executedCount } max { stepOrder } }
           groups(by: [STEP_TYPE, CREATED_MONTH]) { key { stepType } aggregates { count average { executedCount } } } } } } }",
        3,
    ),
    // And what the groups are related to.
    (
        "{ campaigns(first: $n) { nodes { steps { groups(by: [TEMPLATE]) { key { template { name } } } } } } }",
        3,
    ),
    // Through a join table.
    (
        "{ templates(first: $n, filter: {tags: {some: {}}}) { nodes { tags { aggregates { count max { name } } groups(by: [IS_DEFAULT]) { aggregates { count } } } } } }",
        3,
    ),
    // Lists that are selected twice are aggregated once.
    (
        "{ a: leads(first: 1) { aggregates { max { email } } groups(by: [STATUS]) { aggregates { count } } }
           b: leads(first: 2) { totalCount aggregates { min { email } } groups(by: [STATUS]) { aggregates { count } } } }",
        2,
    ),
    // Other filters are other lists.
    (
        "{ a: leads { aggregates { count } } b: leads(filter: {status: {eq: ACTIVE}}) { aggregates { count } } }",
        2,
    ),
];

#[tokio::test]
async fn one_parent_costs_as_many_statements_as_all() {
    let world = World::demo().await;
    for (shape, statements) in SHAPES {
        for parents in [1, 50] {
            let query = shape.replace("$n", &parents.to_string());
            let answer = world.owner("acme").query(&query).await;
            answer.data();
            assert_eq!(answer.statements(), *statements, "{query}");
        }
    }
}
