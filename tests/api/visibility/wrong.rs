//! Documents that validation refuses.

/// Documents that are wrong in each way that validation knows, and values that are.
pub(super) const WRONG: &[(&str, &str)] = &[
    ("{ leeds { totalCount } }", "{}"),
    ("{ leads { nodes { shoeSize { a } } } }", "{}"),
    ("mutation { createTagg(input: {}) { tag { id } } }", "{}"),
    ("{ leads(frist: 1) { totalCount } }", "{}"),
    ("{ leads(first: \"1\") { totalCount } }", "{}"),
    (
        "{ leads(filter: {emial: {eq: \"a\"}}) { totalCount } }",
        "{}",
    ),
    (
        "{ leads(filter: {email: {equals: \"a\"}}) { totalCount } }",
        "{}",
    ),
    ("{ leads(filter: {email: 1}) { totalCount } }", "{}"),
    ("{ leads(filter: 1) { totalCount } }", "{}"),
    (
        "{ campaigns(filter: {status: {in: [SENDIN]}}) { totalCount } }",
        "{}",
    ),
    ("{ leads(orderBy: {field: AGE}) { totalCount } }", "{}"),
    ("{ leads(orderBy: {direction: ASC}) { totalCount } }", "{}"),
    ("{ lead { id } }", "{}"),
    ("{ leads }", "{}"),
    ("{ leads { totalCount { a } } }", "{}"),
    ("{ leads { nodes { ... on Campaign { name } } } }", "{}"),
    ("{ leads { ...F } } fragment F on Campaign { name }", "{}"),
    ("{ leads { ...F } } fragment F on String { name }", "{}"),
    ("{ leads { ... on Nothing { name } } }", "{}"),
    ("{ leads { ...F } }", "{}"),
    ("{ __typename } fragment F on Lead { id }", "{}"),
    ("query($a: Nothing) { __typename }", "{}"),
    ("query($a: Lead) { __typename }", "{}"),
    ("query($a: Int) { __typename }", "{}"),
    (
        "query($a: Int = \"b\") { leads(first: $a) { totalCount } }",
        "{}",
    ),
    (
        "query($a: String) { leads(first: $a) { totalCount } }",
        "{\"a\": \"b\"}",
    ),
    (
        "query($a: Int) { leads(first: $a) { totalCount } }",
        "{\"a\": \"b\"}",
    ),
    (
        "query($a: LeadFilter) { leads(filter: $a) { totalCount } }",
        "{\"a\": {\"emial\": {}}}",
    ),
    (
        "query($a: LeadFilter) { leads(filter: $a) { totalCount } }",
        "{\"a\": {\"email\": {\"eq\": 1}}}",
    ),
    (
        "query($a: LeadFilter) { leads(filter: $a) { totalCount } }",
        "{\"a\": 1}",
    ),
    ("query($a: ID!) { lead(id: $a) { id } }", "{}"),
    ("query($a: ID) { lead(id: $a) { id } }", "{\"a\": \"b\"}"),
    (
        "mutation($a: CreateTagInput!) { createTag(input: $a) { tag { id } } }",
        "{\"a\": {}}",
    ),
    ("mutation { createTag(input: {}) { tag { id } } }", "{}"),
    (
        "mutation { createTag(input: {name: \"a\", colour: \"b\"}) { tag { id } } }",
        "{}",
    ),
    (
        "{ leads(first: 1) { totalCount } leads(first: 2) { totalCount } }",
        "{}",
    ),
    (
        "{ a: leads { totalCount } a: campaigns { totalCount } }",
        "{}",
    ),
    ("{ leads(first: 1, first: 2) { totalCount } }", "{}"),
    ("{ leads { totalCount @nothing } }", "{}"),
    ("{ leads { totalCount @skip } }", "{}"),
    ("{ leads { totalCount @skip(unless: true) } }", "{}"),
    ("{ leads { totalCount @skip(if: 1) } }", "{}"),
    ("{ leads { totalCount @cost(weight: \"1\") } }", "{}"),
    (
        "{ leads { groups(by: [AGE]) { aggregates { count } } } }",
        "{}",
    ),
    ("{ leads { groups { aggregates { count } } } }", "{}"),
    ("subscription { leads { totalCount } }", "{}"),
    ("{ node(id: 1) { email } }", "{}"),
];
