//! Documents and variables that go together, and many that do not.

use serde_json::{Value, json};

/// One request.
pub(super) struct Case {
    pub(super) query: &'static str,
    pub(super) name: Option<&'static str>,
    pub(super) variables: Value,
}

const FIRST: &str = "query($n: Int) { leads(first: $n) { nodes { id email } totalCount } }";
const DEFAULTS: &str = "query($n: Int = 2) { leads(first: $n) { nodes { email } } }";
const LEAD: &str = "query A($id: ID!) { lead(id: $id) { id email } }";
const ORDER: &str = "query($by: LeadOrder) { leads(first: 2, orderBy: $by) { nodes { email } } }";
const FIELD: &str = "query($f: LeadOrderField!) { leads(first: 2, orderBy: {field: $f, direction: ASC}) { nodes { email } } }";
const FILTER: &str =
    "query($filter: LeadFilter) { leads(first: 2, filter: $filter) { totalCount } }";
const INSIDE: &str = "query($text: String, $n: Int) { leads(first: $n, filter: {email: {eq: $text}}) { totalCount } }";
/// Wrong beside its variable: async-graphql sees that only once the variable has a value.
const BESIDE: &str =
    "query($text: String) { leads(filter: {email: {eq: $text}, id: 1.5}) { totalCount } }";
const LIST: &str =
    "query($texts: [String!]) { leads(filter: {email: {in: $texts}}) { totalCount } }";
const ELEMENT: &str =
    "query($text: String!) { leads(filter: {email: {in: [$text, \"b\"]}}) { totalCount } }";
const SKIP: &str = "query($no: Boolean!) { __typename leads @skip(if: $no) { totalCount } campaigns @include(if: $no) { totalCount } }";
const FRAGMENT: &str = "query($n: Int) { ...Q } fragment Q on Query { leads(first: $n) { nodes { ...L } } } fragment L on Lead { email }";
const TWO: &str = "query A($n: Int) { leads(first: $n) { totalCount } } \
    query B($n: String) { leads(after: $n) { totalCount } } mutation C { __typename }";
const INPUT: &str =
    "mutation($input: CreateTagInput!) { createTag(input: $input) { tag { name } } }";

/// Every document with each of its variables; `lead` is the id of one.
pub(super) fn cases(lead: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |query, name, all: Vec<Value>| {
        cases.extend(all.into_iter().map(|variables| Case {
            query,
            name,
            variables,
        }));
    };
    add(FIRST, None, numbers());
    add(DEFAULTS, None, numbers());
    add(FRAGMENT, None, numbers());
    for name in [None, Some("A"), Some("B"), Some("C"), Some("D")] {
        add(TWO, name, numbers());
    }
    for name in [None, Some("A"), Some("a")] {
        add(LEAD, name, ids(lead));
    }
    for (query, values) in values() {
        add(query, None, values);
    }
    for query in REFUSED {
        add(
            query,
            None,
            vec![json!({}), json!({ "n": 1 }), json!({ "n": true })],
        );
    }
    cases
}

fn values() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        (ORDER, orders()),
        (
            FIELD,
            each(
                "f",
                &[
                    json!("CREATED"),
                    json!("created"),
                    json!("CREATD"),
                    json!(""),
                ],
            ),
        ),
        (FILTER, filters()),
        (INSIDE, texts("text")),
        (BESIDE, texts("text")),
        (LIST, texts("texts")),
        (ELEMENT, texts("text")),
        (
            SKIP,
            each("no", &[json!(true), json!(false), json!("no"), json!(null)]),
        ),
        (
            INPUT,
            each(
                "input",
                &[
                    json!({}),
                    json!({ "name": 1 }),
                    json!({ "name": "" }),
                    json!(null),
                ],
            ),
        ),
    ]
}

/// The variable with each of the values.
fn each(name: &str, values: &[Value]) -> Vec<Value> {
    values
        .iter()
        .map(|value| json!({ (name): value }))
        .collect()
}

fn texts(name: &str) -> Vec<Value> {
    let mut texts = each(
        name,
        &[
            json!("a"),
            json!(1),
            json!(null),
            json!(["a"]),
            json!([1]),
            json!(["a", null]),
            json!([]),
        ],
    );
    texts.push(json!({}));
    texts
}

fn orders() -> Vec<Value> {
    let mut orders = each(
        "by",
        &[
            json!({ "field": "CREATED" }),
            json!({ "field": "CREATD" }),
            json!({ "field": "CREATED", "direction": "DESC" }),
            json!({ "field": "CREATED", "direction": "DOWN" }),
            json!({ "direction": "ASC" }),
            json!({ "field": "CREATED", "what": 1 }),
            json!("CREATED"),
            json!(null),
        ],
    );
    orders.push(json!({}));
    orders
}

fn filters() -> Vec<Value> {
    each(
        "filter",
        &[
            json!({ "email": { "eq": "a@b.test" } }),
            json!({ "email": { "eq": 1 } }),
            json!({ "email": "a@b.test" }),
            json!({ "emial": { "eq": "a@b.test" } }),
            json!({ "and": [{ "email": { "in": ["a"] } }, { "not": { "email": { "in": [2] } } }] }),
            json!({}),
            json!([]),
        ],
    )
}

fn numbers() -> Vec<Value> {
    let mut numbers = each(
        "n",
        &[
            json!(2),
            json!("2"),
            json!(2.5),
            json!(null),
            json!(true),
            json!([1]),
            json!({}),
            json!(-1),
            json!(100_000),
            json!(3_000_000_000_i64),
        ],
    );
    numbers.extend([json!({}), json!({ "other": 1 })]);
    numbers
}

fn ids(lead: &str) -> Vec<Value> {
    let mut ids = each(
        "id",
        &[
            json!(lead),
            json!(7),
            json!(null),
            json!("nothing"),
            json!([lead]),
        ],
    );
    ids.push(json!({}));
    ids
}

/// Refused whatever the variables are, or answered without any.
const REFUSED: &[&str] = &[
    "{ __typename }",
    "{ leads { totalCount } }",
    "{ leads(first: \"1\") { totalCount } }",
    "{ leads {",
    "{ what }",
    "query($n: Number) { leads(first: $n) { totalCount } }",
    "query($n: String) { leads(first: $n) { totalCount } }",
    "query($n: Int, $m: Int) { leads(first: $n) { totalCount } }",
    "query($n: Int!) { leads(first: $n) { totalCount } }",
    "query($n: Int = \"1\") { leads(first: $n) { totalCount } }",
    "{ leads(first: $n) { totalCount } }",
    "{ __typename @skip(if: $n) }",
    "query($n: Int) { __typename @skip(if: $n) leads(first: $n) { totalCount } }",
    "{ ...F } fragment F on Query { ...F }",
    "subscription { leads { totalCount } }",
];
