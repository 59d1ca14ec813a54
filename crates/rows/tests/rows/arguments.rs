//! Arguments of relation fields: defaults, variables, and values that are refused.

use async_graphql::Variables;
use serde_json::{Value, json};

use crate::{
    declared, derived,
    world::{Session, read},
};

/// The positions of a page of campaign 1's steps, which are 1, 2 and 3.
async fn positions(variables: &str, arguments: &str, values: Value) -> Vec<i64> {
    let query = format!(
        "query {variables} {{ campaign(id: 1) {{ stepPage{arguments} {{ nodes {{ position }} }} }} }}"
    );
    let request = Session::default()
        .request(&query)
        .variables(Variables::from_json(values));
    let answer = read(&declared::schema().execute(request).await);
    assert_eq!(answer["errors"], Value::Null);
    let nodes = answer["data"]["campaign"]["stepPage"]["nodes"]
        .as_array()
        .expect("a page");
    nodes
        .iter()
        .filter_map(|node| node["position"].as_i64())
        .collect()
}

#[tokio::test]
async fn defaults_and_variables() {
    assert_eq!(positions("", "", json!({})).await, [1, 2]);
    assert_eq!(positions("", "(first: 1)", json!({})).await, [1]);
    assert_eq!(
        positions("", "(first: 3, from: 2)", json!({})).await,
        [2, 3]
    );
    assert_eq!(positions("", "(from: null)", json!({})).await, [1, 2]);
    let (variables, arguments) = (
        "($first: Int = 3, $from: Int)",
        "(first: $first, from: $from)",
    );
    assert_eq!(positions(variables, arguments, json!({})).await, [1, 2, 3]);
    assert_eq!(
        positions(variables, arguments, json!({ "first": 1, "from": 3 })).await,
        [3]
    );
}

/// The specification lets the argument's default count here; async-graphql's derive refuses it.
#[tokio::test]
async fn a_variable_without_a_value_leaves_the_default() {
    assert_eq!(
        positions("($first: Int)", "(first: $first)", json!({})).await,
        [1, 2]
    );
}

#[tokio::test]
async fn refused_values() {
    for (variables, arguments, values) in [
        ("", "(first: \"one\")", json!({})),
        ("", "(first: null)", json!({})),
        ("", "(size: 1)", json!({})),
        ("($first: Int!)", "(first: $first)", json!({})),
        (
            "($first: Int!)",
            "(first: $first)",
            json!({ "first": "one" }),
        ),
        ("($first: Int)", "(first: $first)", json!({ "first": null })),
        (
            "($first: String)",
            "(first: $first)",
            json!({ "first": "one" }),
        ),
    ] {
        let query = format!(
            "query {variables} {{ campaign(id: 1) {{ stepPage{arguments} {{ totalCount }} }} }}"
        );
        let values = Variables::from_json(values);
        let request = || Session::default().request(&query).variables(values.clone());
        let declared = read(&declared::schema().execute(request()).await);
        assert_ne!(declared["errors"], Value::Null, "{query}");
        assert_eq!(
            declared,
            read(&derived::schema().execute(request()).await),
            "{query}"
        );
    }
}

/// async-graphql lets a request without its required variable through to execution. Arguments are
/// parsed once for a level, and the field fails for every row.
#[tokio::test]
async fn a_refused_value_in_a_list() {
    let query = "query($first: Int!) { campaigns { stepPage(first: $first) { totalCount } } }";
    let session = Session::default();
    let response = read(&declared::schema().execute(session.request(query)).await);
    assert_eq!(response["data"], Value::Null);
    let errors = response["errors"].as_array().expect("an error");
    let paths: Vec<_> = errors.iter().map(|error| &error["path"]).collect();
    assert_eq!(paths, [&json!(["campaigns", 0, "stepPage"])]);
    assert_eq!(session.loads(), []);
}
