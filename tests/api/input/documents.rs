//! Documents that can not be executed.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{answers, assert_well_formed, line, refused};

#[tokio::test]
async fn syntax_names_and_types() {
    let world = World::demo().await;
    let cases = [
        ("a syntax error", "{ leads { ", json!({})),
        ("no GraphQL", "SELECT 1", json!({})),
        (
            "a lone surrogate",
            r#"{ lead(id: "\ud800") { id } }"#,
            json!({}),
        ),
        (
            "an unknown field",
            "{ leads { nodes { shoeSize } } }",
            json!({}),
        ),
        ("an unknown root field", "{ lead1 { id } }", json!({})),
        (
            "an unknown argument",
            "{ leads(frist: 1) { totalCount } }",
            json!({}),
        ),
        ("no selection", "{ leads }", json!({})),
        (
            "a selection of a scalar",
            "{ leads { totalCount { no } } }",
            json!({}),
        ),
        (
            "an undeclared variable",
            "{ leads(first: $n) { totalCount } }",
            json!({}),
        ),
        (
            "a missing variable",
            "query($id: ID!) { lead(id: $id) { id } }",
            json!({}),
        ),
        (
            "a variable of another type",
            "query($n: String) { leads(first: $n) { totalCount } }",
            json!({ "n": "1" }),
        ),
        (
            "a variable of an unknown type",
            "query($n: Number) { leads(first: $n) { totalCount } }",
            json!({}),
        ),
        (
            "an undefined fragment",
            "{ leads { ...Missing } }",
            json!({}),
        ),
        (
            "a fragment in itself",
            "{ leads { ...A } } fragment A on LeadConnection { ...A }",
            json!({}),
        ),
        (
            "a fragment of another type",
            "{ leads { ... on Campaign { id } } }",
            json!({}),
        ),
        (
            "an unknown directive",
            "{ leads { totalCount @what } }",
            json!({}),
        ),
        (
            "a subscription",
            "subscription { leads { totalCount } }",
            json!({}),
        ),
        (
            "an unknown mutation",
            "mutation { dropTenant { ok } }",
            json!({}),
        ),
        (
            "two different selections of one name",
            r#"{ leads { totalCount } leads(first: 1) { totalCount } }"#,
            json!({}),
        ),
    ];
    insta::assert_snapshot!(answers(&world.owner("acme"), &cases).await, @r#"
    a syntax error: 200 GRAPHQL_PARSE_FAILED syntax error: expected selection
    no GraphQL: 200 GRAPHQL_PARSE_FAILED syntax error: expected executable_definition
    a lone surrogate: 200 GRAPHQL_PARSE_FAILED syntax error: expected value
    an unknown field: 200 GRAPHQL_VALIDATION_FAILED Unknown field "shoeSize" on type "Lead".
    an unknown root field: 200 GRAPHQL_VALIDATION_FAILED Unknown field "lead1" on type "Query". Did you mean "lead", "leads"?
    an unknown argument: 200 GRAPHQL_VALIDATION_FAILED Unknown argument "frist" on field "leads" of type "Query".
    no selection: 200 GRAPHQL_VALIDATION_FAILED Field "leads" of type "LeadConnection" must have a selection of subfields
    a selection of a scalar: 200 GRAPHQL_VALIDATION_FAILED Field "totalCount" must not have a selection since type "Int" has no subfields
    an undeclared variable: 200 GRAPHQL_VALIDATION_FAILED Variable "$n" is not defined
    a missing variable: 200 GRAPHQL_VALIDATION_FAILED the variable `$id` must have a value
    a variable of another type: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a variable of an unknown type: 200 GRAPHQL_VALIDATION_FAILED Unknown type "Number"
    an undefined fragment: 200 GRAPHQL_VALIDATION_FAILED Unknown fragment: "Missing"
    a fragment in itself: 200 GRAPHQL_VALIDATION_FAILED the fragment `A` spreads itself
    a fragment of another type: 200 GRAPHQL_VALIDATION_FAILED Fragment cannot be spread here as objects of type "LeadConnection" can never be of type "Campaign"
    an unknown directive: 200 GRAPHQL_VALIDATION_FAILED Unknown directive "what"
    a subscription: 406 NOT_ACCEPTABLE a subscription is answered as `Accept: text/event-stream`, or over a WebSocket that speaks graphql-transport-ws
    an unknown mutation: 200 GRAPHQL_VALIDATION_FAILED Unknown field "dropTenant" on type "Mutation".
    two different selections of one name: 200 GRAPHQL_VALIDATION_FAILED Fields "leads" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional.
    "#);
}

#[tokio::test]
async fn which_operation() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let two = "query A { leads { totalCount } } query B { campaigns { totalCount } }";
    let ask = async |body: Value| {
        client
            .send(
                client
                    .request(reqwest::Method::POST, "/graphql")
                    .json(&body),
            )
            .await
    };
    assert!(
        ask(json!({ "query": two, "operationName": "B" }))
            .await
            .data()["campaigns"]
            .is_object()
    );
    let mut lines = String::new();
    for (name, body) in [
        ("several without a name", json!({ "query": two })),
        (
            "an unknown name",
            json!({ "query": two, "operationName": "C" }),
        ),
        (
            "an unknown name for one",
            json!({ "query": "query A { __typename }", "operationName": "B" }),
        ),
        (
            "an empty name for one",
            json!({ "query": "query A { __typename }", "operationName": "" }),
        ),
        (
            "two of a name",
            json!({ "query": "query A { __typename } query A { __typename }", "operationName": "A" }),
        ),
        (
            "only a fragment",
            json!({ "query": "fragment A on Lead { id }" }),
        ),
        ("a comment", json!({ "query": "# nothing" })),
    ] {
        lines += &line(name, &ask(body).await);
    }
    insta::assert_snapshot!(lines, @r#"
    several without a name: 200 GRAPHQL_VALIDATION_FAILED the document has several operations; say which with `operationName`
    an unknown name: 200 GRAPHQL_VALIDATION_FAILED the document has no operation named `C`
    an unknown name for one: 200 GRAPHQL_VALIDATION_FAILED the document has no operation named `B`
    an empty name for one: 200 GRAPHQL_VALIDATION_FAILED the document has no operation named ``
    two of a name: 200 GRAPHQL_PARSE_FAILED operation A is defined twice
    only a fragment: 200 GRAPHQL_PARSE_FAILED document does not contain an operation
    a comment: 200 GRAPHQL_PARSE_FAILED syntax error: expected executable_definition
    "#);
}

/// As deep as one can write it: an error, and not the end of the process.
#[tokio::test]
async fn documents_of_any_depth() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let selections = format!(
        "{{ campaigns {} {{ totalCount }} {} }}",
        "{ nodes { steps ".repeat(3000),
        "} }".repeat(3000)
    );
    let lists = format!(
        "{{ leads(filter: {}{}) {{ totalCount }} }}",
        "[".repeat(30_000),
        "]".repeat(30_000)
    );
    for document in [
        selections,
        lists,
        "{".repeat(100_000),
        "query($a: ".to_owned() + &"[".repeat(100_000),
    ] {
        assert_well_formed(&client.query(&document).await);
    }
    client.data("{ __typename }").await;
}

/// The message names the field; the suggestion is what a tired user needs.
#[tokio::test]
async fn a_misspelt_field_is_answered_with_its_neighbour() {
    let world = World::demo().await;
    let answer = world
        .owner("acme")
        .query("{ leads { nodes { emails } } }")
        .await;
    refused(&answer, 200, "GRAPHQL_VALIDATION_FAILED");
    let error = &answer.body["errors"][0];
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|message| message.contains("\"email\"")),
        "{error:#}"
    );
    assert_eq!(error["locations"], json!([{ "line": 1, "column": 19 }]));
}
