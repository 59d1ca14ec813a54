//! The first things a dashboard does.

use gateway_tests::World;

#[tokio::test]
async fn a_nested_page_costs_a_fixed_number_of_statements() {
    let world = World::demo().await;
    let query = "{ campaigns(first: 10) { totalCount nodes { name company { name campaigns(first: 2) { nodes { name } } } \
        steps(first: 3, orderBy: {field: STEP_ORDER}) { totalCount nodes { stepOrder campaign { name } } } } } }";
    let answer = world.owner("acme").query(query).await;
    answer.data();
    // campaigns and their count, companies, the companies' campaigns, steps and their counts,
    // the steps' campaigns
    assert_eq!(answer.statements(), 7, "{:?}", answer.headers);
}
