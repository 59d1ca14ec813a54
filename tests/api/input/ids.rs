//! Ids of another kind, and what is no id at all.

use gateway_tests::World;
use serde_json::json;

use super::answers;

#[tokio::test]
async fn an_id_of_another_kind_and_no_id_at_all() {
    let world = World::demo().await;
    let cases = [
        (
            "another prefix",
            r#"{ campaign(id: "lead_01h455vb4pex5vsknk084sn02q") { id } }"#,
            json!({}),
        ),
        (
            "garbage",
            r#"{ campaign(id: "garbage") { id } }"#,
            json!({}),
        ),
        ("empty", r#"{ campaign(id: "") { id } }"#, json!({})),
        (
            "upper case",
            r#"{ campaign(id: "CAMP_01H455VB4PEX5VSKNK084SN02Q") { id } }"#,
            json!({}),
        ),
        (
            "one character more",
            r#"{ campaign(id: "camp_01h455vb4pex5vsknk084sn02qq") { id } }"#,
            json!({}),
        ),
        (
            "past 128 bits",
            r#"{ campaign(id: "camp_8zzzzzzzzzzzzzzzzzzzzzzzzz") { id } }"#,
            json!({}),
        ),
        (
            "a number past 64 bits",
            r#"{ tag(id: "tag_99999999999999999999") { id } }"#,
            json!({}),
        ),
        (
            "an object",
            "query($id: ID!) { campaign(id: $id) { id } }",
            json!({ "id": { "eq": 1 } }),
        ),
        ("none", "{ campaign { id } }", json!({})),
        (
            "null in a variable",
            "query($id: ID!) { campaign(id: $id) { id } }",
            json!({ "id": null }),
        ),
        (
            "node of no prefix",
            r#"{ node(id: "1") { id } }"#,
            json!({}),
        ),
        (
            "node of an unknown prefix",
            r#"{ node(id: "what_01h455vb4pex5vsknk084sn02q") { id } }"#,
            json!({}),
        ),
        (
            "node of a wrong suffix",
            r#"{ node(id: "camp_1") { id } }"#,
            json!({}),
        ),
        (
            "in a filter",
            r#"{ leads(filter: {id: {eq: "camp_01h455vb4pex5vsknk084sn02q"}}) { totalCount } }"#,
            json!({}),
        ),
        (
            "in a filter's list, in a variable",
            "query($f: CampaignFilter) { campaigns(filter: $f) { totalCount } }",
            json!({ "f": { "companyId": { "in": ["co_01h455vb4pex5vsknk084sn02q", "nothing"] } } }),
        ),
    ];
    insta::assert_snapshot!(answers(&world.owner("acme"), &cases).await, @r#"
    another prefix: 200 INVALID_ID expected an id that starts with `camp_`, but this one starts with `lead_` at ["campaign"]
    garbage: 200 INVALID_ID `garbage` is not an id: expected `camp_` followed by 26 characters, or a plain UUID at ["campaign"]
    empty: 200 INVALID_ID `` is not an id: expected `camp_` followed by 26 characters, or a plain UUID at ["campaign"]
    upper case: 200 INVALID_ID expected an id that starts with `camp_`, but this one starts with `CAMP_` at ["campaign"]
    one character more: 200 INVALID_ID `camp_01h455vb4pex5vsknk084sn02qq` is not an id: expected `camp_` followed by 26 characters, or a plain UUID at ["campaign"]
    past 128 bits: 200 INVALID_ID `camp_8zzzzzzzzzzzzzzzzzzzzzzzzz` is not an id: expected `camp_` followed by 26 characters, or a plain UUID at ["campaign"]
    a number past 64 bits: 200 INVALID_ID `tag_99999999999999999999` is not an id: expected `tag_` followed by a number, or the plain number at ["tag"]
    an object: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "id", expected type "ID"
    none: 200 GRAPHQL_VALIDATION_FAILED Field "campaign" argument "id" of type "Query" is required but not provided
    null in a variable: 200 GRAPHQL_VALIDATION_FAILED the variable `$id` must have a value
    node of no prefix: 200 INVALID_ID `1` does not say what it is an id of; give it as an answer gave it, with its prefix at ["node"]
    node of an unknown prefix: 200 INVALID_ID `what` does not say what it is an id of; give it as an answer gave it, with its prefix at ["node"]
    node of a wrong suffix: 200 INVALID_ID `camp_1` is not an id: expected `camp_` followed by 26 characters, or a plain UUID at ["node"]
    in a filter: 200 INVALID_ID `filter.id.eq` is not usable: expected an id that starts with `lead_`, but this one starts with `camp_` at ["leads"]
    in a filter's list, in a variable: 200 INVALID_ID `filter.companyId.in.1` is not usable: `nothing` is not an id: expected `co_` followed by 26 characters, or a plain UUID at ["campaigns"]
    "#);
}
