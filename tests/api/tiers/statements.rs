//! How many statements an operation over all tiers costs: one for each level of a tier, whatever the data.

use gateway_tests::World;

const SHAPES: &[(&str, u32)] = &[
    // A count in each.
    (
        "{ leads(first: $n) { totalCount } messages(first: $n) { totalCount } jobs(first: $n) { totalCount } }",
        3,
    ),
    // Campaigns, the counts of their messages; messages and their leads; jobs and their logs.
    (
        "{ campaigns(first: $n) { nodes { name messages { totalCount } } }
           messages(first: $n, filter: {leadId: {isNull: false}}) { nodes { subject lead { name } } }
           jobs(first: $n) { nodes { status logs { nodes { status } } } } }",
        6,
    ),
];

#[tokio::test]
async fn one_parent_costs_as_many_statements_as_all() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    for (shape, statements) in SHAPES {
        for parents in [1, 50] {
            let query = shape.replace("$n", &parents.to_string());
            let answer = owner.query(&query).await;
            answer.data();
            assert_eq!(answer.statements(), *statements, "{query}");
        }
    }
}
