//! What a client sees of the two schemas is the same: SDL, introspection, answers.

use async_graphql::Variables;
use serde_json::{Value, json};

use crate::{
    declared, derived,
    forms::{self, serialized},
    world::{Session, read},
};

pub const INTROSPECTION: &str = include_str!("introspection.graphql");

/// Every operation here answers without an error, with the same bytes.
const CORPUS: &[(&str, &str)] = &[
    (
        "scalars",
        "{ campaigns { id key name label status score labels startsOn created type } }",
    ),
    (
        "one row",
        "{ campaign(id: 2) { id name company { name } } }",
    ),
    ("no row", "{ campaign(id: 99) { id } }"),
    (
        "no rows",
        "{ campaigns(first: 0) { id company { id } stepCount } }",
    ),
    ("key absent, row absent", "{ campaigns { company { id } } }"),
    (
        "to one, twice down",
        "{ campaigns { owner { name parent { name parent { name } } } } }",
    ),
    ("lists", "{ campaigns { steps { id position subject } } }"),
    (
        "a circle",
        "{ campaigns { company { campaigns { company { campaigns { id } } } } } }",
    ),
    ("batched scalar", "{ campaigns { stepCount } }"),
    (
        "aliases",
        "{ a: campaigns { b: name c: name d: owner { e: id } f: owner { g: name } } }",
    ),
    (
        "type names",
        "{ __typename campaigns { __typename t: __typename owner { __typename } } }",
    ),
    (
        "order",
        "{ campaigns { owner { id } name id steps { subject id } created } }",
    ),
    (
        "merged keys",
        "{ campaigns { id owner { id } id owner { name id parent { id } } \
           ... { owner { parent { name } } } steps { id } steps { subject } } }",
    ),
    (
        "fragments",
        "{ campaigns { ...A ... on Campaign { name ...B } ... on Node { id } ... { status } } } \
         fragment A on Campaign { id owner { ...C } } \
         fragment B on Node { id ... on Campaign { label } ... on Company { name } } \
         fragment C on Company { name parent { ...D } } fragment D on Company { name }",
    ),
    (
        "skip and include",
        "query($yes: Boolean!, $no: Boolean = false) { campaigns { id @skip(if: $yes) \
           name @include(if: $yes) ... @include(if: $no) { label } owner @skip(if: $no) { id } \
           ...F @skip(if: $no) } } fragment F on Campaign { status type @include(if: $no) }",
    ),
    (
        "connections",
        "{ campaigns { stepPage { __typename totalCount nodes { id } \
           edges { __typename cursor node { id subject } } } } }",
    ),
    (
        "arguments",
        "query($first: Int, $from: Int = 2, $none: Int) { campaigns { \
           a: stepPage(first: 1) { nodes { id } } b: stepPage(first: 3, from: $from) { nodes { id } } \
           c: stepPage(from: $none) { nodes { id } } d: stepPage(first: 0, from: null) { nodes { id } } } \
           campaign(id: $first) { id } }",
    ),
    (
        "nothing but a fragment that does not apply",
        "{ campaigns { ... on Node { ...S } } } \
         fragment S on Node { ... on Step { id } }",
    ),
];

fn variables() -> Variables {
    Variables::from_json(json!({ "yes": true, "first": 1 }))
}

#[test]
fn sdl() {
    assert_eq!(declared::schema().sdl(), derived::schema().sdl());
}

#[tokio::test]
async fn introspection() {
    let session = Session::default();
    let declared = declared::schema()
        .execute(session.request(INTROSPECTION))
        .await;
    let derived = derived::schema()
        .execute(session.request(INTROSPECTION))
        .await;
    assert_eq!(declared.errors, []);
    assert_eq!(read(&declared), read(&derived));
}

#[tokio::test]
async fn answers() {
    let (declared, derived) = (declared::schema(), derived::schema());
    for (name, query) in CORPUS {
        let request = || Session::default().request(query).variables(variables());
        let answer = forms::execute(&declared, request).await;
        assert_eq!(answer.errors, [], "{name}");
        let expected = derived.execute(request()).await;
        let expected = serialized(&expected.data);
        assert_eq!(serialized(&answer.data), expected, "{name}");
    }
}

#[tokio::test]
async fn the_corpus_is_not_empty_words() {
    let answer = declared::schema()
        .execute(Session::default().request(CORPUS[0].1))
        .await;
    let answer = read(&answer);
    let expected = json!({
        "id": "1", "key": "00000000-0000-0000-0000-000000000001", "name": "Campaign \"1\"",
        "label": "CAMPAIGN \"1\"", "status": "DRAFT", "score": 0.5, "labels": ["label 0"],
        "startsOn": "2026-01-01", "created": "2023-11-14T22:13:20.123+00:00", "type": "email",
    });
    assert_eq!(answer["data"]["campaigns"][0], expected);
    assert_eq!(answer["data"]["campaigns"][1]["score"], Value::Null);
}
