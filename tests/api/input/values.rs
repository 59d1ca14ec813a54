//! Arguments whose value can not be used: enums, pages, numbers, moments.

use gateway_tests::World;
use serde_json::json;

use super::answers;

#[tokio::test]
async fn enums_pages_numbers_and_moments() {
    let world = World::demo().await;
    let orders = "query($o: LeadOrder) { leads(orderBy: $o) { totalCount } }";
    let filters = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let pages = "query($n: Int) { leads(first: $n) { totalCount } }";
    let steps =
        "query($n: Int) { campaignSequenceSteps(filter: {stepOrder: {eq: $n}}) { totalCount } }";
    let cases = [
        (
            "an unknown enum value",
            "{ leads(orderBy: {field: SHOE_SIZE}) { totalCount } }",
            json!({}),
        ),
        (
            "an unknown enum value in a variable",
            orders,
            json!({ "o": { "field": "SHOE_SIZE" } }),
        ),
        (
            "an unknown status",
            filters,
            json!({ "f": { "status": { "in": ["ACTIVE", "active"] } } }),
        ),
        (
            "an unknown operator",
            filters,
            json!({ "f": { "email": { "like": "%" } } }),
        ),
        (
            "an unknown column",
            filters,
            json!({ "f": { "tenantId": { "eq": "x" } } }),
        ),
        (
            "a negative page",
            "{ leads(first: -1) { totalCount } }",
            json!({}),
        ),
        (
            "a negative page from the end",
            "{ leads(last: -1) { totalCount } }",
            json!({}),
        ),
        (
            "a page too large",
            "{ leads(first: 201) { totalCount } }",
            json!({}),
        ),
        (
            "both ends",
            "{ leads(first: 1, last: 1) { totalCount } }",
            json!({}),
        ),
        (
            "more than an Int",
            "{ leads(first: 2147483648) { totalCount } }",
            json!({}),
        ),
        (
            "more than an Int in a variable",
            pages,
            json!({ "n": 2_147_483_648_i64 }),
        ),
        (
            "more than 64 bits",
            "{ leads(first: 99999999999999999999) { totalCount } }",
            json!({}),
        ),
        ("a fraction", pages, json!({ "n": 1.5 })),
        ("a text", pages, json!({ "n": "1" })),
        ("a list", pages, json!({ "n": [1] })),
        (
            "less than an Int in a filter",
            steps,
            json!({ "n": -2_147_483_649_i64 }),
        ),
        (
            "no date",
            filters,
            json!({ "f": { "created": { "gt": "yesterday" } } }),
        ),
        (
            "no such date",
            r#"{ leads(filter: {created: {gt: "2026-02-30T00:00:00Z"}}) { totalCount } }"#,
            json!({}),
        ),
        (
            "a date without a zone",
            filters,
            json!({ "f": { "created": { "gt": "2026-02-03T00:00:00" } } }),
        ),
        (
            "a date before all",
            filters,
            json!({ "f": { "created": { "gt": "-200000-01-01T00:00:00Z" } } }),
        ),
        (
            "a list for text",
            filters,
            json!({ "f": { "email": { "eq": ["a"] } } }),
        ),
        (
            "a number for text",
            filters,
            json!({ "f": { "email": { "eq": 1 } } }),
        ),
        (
            "null in a list",
            filters,
            json!({ "f": { "email": { "in": [null] } } }),
        ),
        ("a text for a filter", filters, json!({ "f": "email" })),
    ];
    let client = world.owner("acme");
    insta::assert_snapshot!(answers(&client, &cases).await, @r#"
    an unknown enum value: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "orderBy.field", enumeration type "LeadOrderField" does not contain the value "SHOE_SIZE"
    an unknown enum value in a variable: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "orderBy.field", enumeration type "LeadOrderField" does not contain the value "SHOE_SIZE"
    an unknown status: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.status.in.1", enumeration type "LeadStatus" does not contain the value "active"
    an unknown operator: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email", unknown field "like" of type "TextFilter"
    an unknown column: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter", unknown field "tenantId" of type "LeadFilter"
    a negative page: 200 BAD_USER_INPUT `first` must be from 0 to 200, not -1; page on with `after` or `before` at ["leads"]
    a negative page from the end: 200 BAD_USER_INPUT `last` must be from 0 to 200, not -1; page on with `after` or `before` at ["leads"]
    a page too large: 200 BAD_USER_INPUT `first` must be from 0 to 200, not 201; page on with `after` or `before` at ["leads"]
    both ends: 200 BAD_USER_INPUT give `first` or `last`, not both at ["leads"]
    more than an Int: 200 BAD_USER_INPUT `first` must be a whole number from -2147483648 to 2147483647 at ["leads"]
    more than an Int in a variable: 200 BAD_USER_INPUT `first` must be a whole number from -2147483648 to 2147483647 at ["leads"]
    more than 64 bits: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a fraction: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a list: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    less than an Int in a filter: 200 BAD_USER_INPUT `filter.stepOrder.eq` must be a whole number from -2147483648 to 2147483647 at ["campaignSequenceSteps"]
    no date: 200 BAD_USER_INPUT `filter.created.gt` is not a moment; give one such as `2026-02-03T04:05:06Z` at ["leads"]
    no such date: 200 BAD_USER_INPUT `filter.created.gt` is not a moment; give one such as `2026-02-03T04:05:06Z` at ["leads"]
    a date without a zone: 200 BAD_USER_INPUT `filter.created.gt` is not a moment; give one such as `2026-02-03T04:05:06Z` at ["leads"]
    a date before all: 200 BAD_USER_INPUT `filter.created.gt` must be in the years 1 to 9999 at ["leads"]
    a list for text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.eq", expected type "String"
    a number for text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.eq", expected type "String"
    null in a list: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.in.0", expected type "String"
    a text for a filter: 200 BAD_USER_INPUT `filter` must be an object, a `LeadFilter` at ["leads"]
    "#);
    // The last and the first moments that can be stored are as good as any.
    for (operator, moment) in [
        ("lt", "9999-12-31T23:59:59Z"),
        ("gt", "0001-01-01T00:00:00Z"),
    ] {
        let data = client
            .data_with(filters, json!({ "f": { "created": { operator: moment } } }))
            .await;
        assert_ne!(data["leads"]["totalCount"], 0, "{moment}");
    }
}
