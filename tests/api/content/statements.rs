//! How many statements mail costs: one for each level of a tier, whatever the data.

use super::demo;

const SHAPES: &[(&str, u32)] = &[
    // The campaigns, and what is counted of all their messages.
    ("{ campaigns(first: $n) { nodes { name messages { totalCount } } } }", 2),
    (
        "{ campaigns(first: $n) { nodes { name messages { groups(by: [STATUS, CREATED_DAY]) { key { status } aggregates { count } } } } } }",
        2,
    ),
    // A count and groups of one list are two.
    (
        "{ campaigns(first: $n) { nodes { messages { totalCount groups(by: [STATUS]) { aggregates { count } } } } } }",
        3,
    ),
    // The messages, their bodies, their attachments; and across, their leads and campaigns.
    (
        "{ messages(first: $n, filter: {messageType: {eq: EMAIL}, direction: {eq: INBOUND}, campaignId: {isNull: false}}) { nodes { subject body { text } attachments { nodes { filename } }
           parent { subject } thread { nodes { subject } } replies { nodes { id } } lead { name } campaign { name } } } }",
        8,
    ),
    // From mail to the transactional tier and back.
    (
        "{ messages(first: $n, filter: {campaignId: {isNull: false}}) { nodes { campaign { messages(first: 2) { nodes { lead { messages { totalCount } } } } } } } }",
        5,
    ),
    ("{ searchMessages(query: \"reference\", first: $n) { matches { rank snippet message { subject } } } }", 3),
];

#[tokio::test]
async fn one_parent_costs_as_many_statements_as_all() {
    let (_world, owner) = demo().await;
    for (shape, statements) in SHAPES {
        for parents in [1, 50] {
            let query = shape.replace("$n", &parents.to_string());
            let answer = owner.query(&query).await;
            answer.data();
            assert_eq!(answer.statements(), *statements, "{query}");
        }
    }
}
