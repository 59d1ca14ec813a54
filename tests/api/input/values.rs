//! Arguments whose value can not be used.

use gateway_tests::World;
use serde_json::{Value, json};

use super::{answers, assert_well_formed, refused};

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
    in a filter: 200 INVALID_ID Failed to parse "IdFilter": expected an id that starts with `lead_`, but this one starts with `camp_` (occurred while parsing "LeadFilter") at ["leads"]
    in a filter's list, in a variable: 200 INVALID_ID Failed to parse "IdFilter": `nothing` is not an id: expected `co_` followed by 26 characters, or a plain UUID (occurred while parsing "CampaignFilter") at ["campaigns"]
    "#);
}

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
    more than an Int: 200 BAD_USER_INPUT Failed to parse "Int": Only integers from -2147483648 to 2147483647 are accepted. at ["leads"]
    more than an Int in a variable: 200 BAD_USER_INPUT Failed to parse "Int": Only integers from -2147483648 to 2147483647 are accepted. at ["leads"]
    more than 64 bits: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a fraction: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    a list: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "first", expected type "Int"
    less than an Int in a filter: 200 BAD_USER_INPUT Failed to parse "Int": Only integers from -2147483648 to 2147483647 are accepted. (occurred while parsing "IntFilter") (occurred while parsing "CampaignSequenceStepFilter") at ["campaignSequenceSteps"]
    no date: 200 BAD_USER_INPUT Failed to parse "DateTime": input contains invalid characters (occurred while parsing "DateTimeFilter") (occurred while parsing "LeadFilter") at ["leads"]
    no such date: 200 BAD_USER_INPUT Failed to parse "DateTime": input is out of range (occurred while parsing "DateTimeFilter") (occurred while parsing "LeadFilter") at ["leads"]
    a date without a zone: 200 BAD_USER_INPUT Failed to parse "DateTime": premature end of input (occurred while parsing "DateTimeFilter") (occurred while parsing "LeadFilter") at ["leads"]
    a date before all: 200 BAD_USER_INPUT a moment must be in the years 1 to 9999 at ["leads"]
    a list for text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.eq", expected type "String"
    a number for text: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.eq", expected type "String"
    null in a list: 200 GRAPHQL_VALIDATION_FAILED Invalid value for argument "filter.email.in.0", expected type "String"
    a text for a filter: 200 BAD_USER_INPUT Expected input type "LeadFilter", found "email". at ["leads"]
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

/// PostgreSQL's text can not hold it, so it would end in an error of the driver.
#[tokio::test]
async fn a_nul_in_text() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let variable = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    for operator in ["eq", "ne", "startsWith"] {
        let literal = format!(
            r#"{{ leads(filter: {{name: {{{operator}: "a\u0000b"}}}}) {{ totalCount }} }}"#
        );
        refused(&client.query(&literal).await, 200, "BAD_USER_INPUT");
        let answer = client
            .query_with(variable, json!({ "f": { "name": { operator: "a\0b" } } }))
            .await;
        refused(&answer, 200, "BAD_USER_INPUT");
    }
    let nested = json!({ "f": { "not": { "or": [{ "company": { "in": ["a", "\0"] } }] } } });
    refused(
        &client.query_with(variable, nested).await,
        200,
        "BAD_USER_INPUT",
    );
    let related = r#"{ campaigns(filter: {company: {name: {eq: "\u0000"}}}) { totalCount } }"#;
    refused(&client.query(related).await, 200, "BAD_USER_INPUT");
    refused(
        &client
            .query(r#"{ campaign(id: "camp_\u0000") { id } }"#)
            .await,
        200,
        "INVALID_ID",
    );
    let by_id = "query($id: ID!) { campaign(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }";
    refused(
        &client.query_with(by_id, json!({ "id": "camp_\0" })).await,
        200,
        "INVALID_ID",
    );
    for (field, value) in [("language", "\0"), ("timezone", "Europe/\0")] {
        let input = json!({ "input": { field: value } });
        let change = "mutation($input: UpdateUserPreferencesInput!) { updateUserPreferences(input: $input) { userPreferences { id } } }";
        refused(
            &client.query_with(change, input).await,
            200,
            "BAD_USER_INPUT",
        );
    }
}

/// Text that only looks dangerous is text.
#[tokio::test]
async fn quotes_and_wildcards_are_only_text() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    for text in [
        "'; DROP TABLE leads; --",
        "%",
        "_",
        "\\",
        "$1",
        "\u{202e}",
        "\u{1}",
        "{}",
        "a' OR 'a'='a",
    ] {
        for operator in ["eq", "startsWith"] {
            let data = client
                .data_with(query, json!({ "f": { "email": { operator: text } } }))
                .await;
            assert_eq!(data["leads"]["totalCount"], 0, "{operator} {text}");
        }
    }
    assert_ne!(
        client.data_with(query, json!({})).await["leads"]["totalCount"],
        0
    );
}

#[tokio::test]
async fn filters_nine_deep_are_refused_and_eight_are_not() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({ "not": inner }));
    client.data_with(query, json!({ "f": nested(8) })).await;
    refused(
        &client.query_with(query, json!({ "f": nested(9) })).await,
        200,
        "BAD_USER_INPUT",
    );
    // Through relations, too.
    let around = (0..5).fold(
        json!({}),
        |inner, _| json!({ "company": { "campaigns": { "some": inner } } }),
    );
    let query = "query($f: CampaignFilter) { campaigns(filter: $f) { totalCount } }";
    refused(
        &client.query_with(query, json!({ "f": around })).await,
        200,
        "BAD_USER_INPUT",
    );
    // As deep as a request can say it, and as deep as one can write it.
    let deep = (0..100).fold(json!({}), |inner, _| json!({ "not": inner }));
    refused(
        &client
            .query_with(
                "query($f: LeadFilter) { leads(filter: $f) { totalCount } }",
                json!({ "f": deep }),
            )
            .await,
        200,
        "BAD_USER_INPUT",
    );
    let deep = format!(
        "{{ leads(filter: {}{{}}{}) {{ totalCount }} }}",
        "{not: ".repeat(5000),
        "}".repeat(5000)
    );
    let answer = client.query(&deep).await;
    assert_well_formed(&answer);
}

#[tokio::test]
async fn ten_thousand_values_are_one_statement() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let all = client
        .data("{ leads(first: 200) { nodes { email } } }")
        .await["leads"]["nodes"]
        .clone();
    let known = all
        .as_array()
        .expect("nodes")
        .iter()
        .map(|lead| lead["email"].clone());
    let values: Value = known
        .chain((0..10_000).map(|number| json!(format!("nobody-{number}@x.test"))))
        .collect();
    let query = "query($f: LeadFilter) { leads(filter: $f) { totalCount } }";
    let answer = client
        .query_with(query, json!({ "f": { "email": { "in": values } } }))
        .await;
    assert_eq!(
        (
            answer.data()["leads"]["totalCount"].as_u64(),
            answer.statements()
        ),
        (Some(200), 1)
    );
    let ids: Value = (0..10_000)
        .map(|_| json!(entity::id::LeadId::new().to_string()))
        .collect();
    let answer = client
        .query_with(query, json!({ "f": { "id": { "in": ids } } }))
        .await;
    assert_eq!(answer.data()["leads"]["totalCount"], 0);
    let ids: Value = (0..201)
        .map(|_| json!(entity::id::LeadId::new().to_string()))
        .collect();
    refused(
        &client
            .query_with(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": ids }),
            )
            .await,
        200,
        "BAD_USER_INPUT",
    );
}

/// A message quotes what was wrong, but no more of it than a person would read.
#[tokio::test]
async fn no_message_is_as_long_as_its_cause() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let long = "x".repeat(100_000);
    for (query, variables) in [
        (
            "query($id: ID!) { lead(id: $id) { id } }".to_owned(),
            json!({ "id": long }),
        ),
        (
            "query($id: ID!) { node(id: $id) { id } }".to_owned(),
            json!({ "id": long }),
        ),
        (
            "query($f: LeadFilter) { leads(filter: $f) { totalCount } }".to_owned(),
            json!({ "f": long }),
        ),
        (
            "query($c: String) { leads(after: $c) { totalCount } }".to_owned(),
            json!({ "c": long }),
        ),
        (
            "query($f: LeadFilter) { leads(filter: $f) { totalCount } }".to_owned(),
            json!({ "f": { "created": { "eq": long } } }),
        ),
        (format!("{{ {long} }}"), json!({})),
        (
            format!("query($f: {long}) {{ leads(filter: $f) {{ totalCount }} }}"),
            json!({}),
        ),
        (
            format!("{{ leads(first: {long}) {{ totalCount }} }}"),
            json!({}),
        ),
        (format!("{{ leads {{ {long}"), json!({})),
    ] {
        assert_well_formed(&client.query_with(&query, variables).await);
    }
    let named = json!({ "query": "query A { __typename }", "operationName": long });
    assert_well_formed(
        &client
            .send(
                client
                    .request(reqwest::Method::POST, "/graphql")
                    .json(&named),
            )
            .await,
    );
}
