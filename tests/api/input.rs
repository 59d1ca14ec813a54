//! Bad input: every one of it is answered with a code, in GraphQL's error form, with the HTTP status
//! that fits, and without a word about what the gateway is made of.

mod bodies;
mod cursors;
mod documents;
mod ids;
mod media;
mod paths;
mod routes;
mod sizes;
mod text;
mod tokens;
mod values;

use gateway_tests::Answer;
use serde_json::Value;

/// The codes that the gateway itself answers with, beside those of the schema.
const HTTP_CODES: &[&str] = &[
    "UNAUTHENTICATED",
    "TOO_MANY_ATTEMPTS",
    "FORBIDDEN",
    "UNAVAILABLE",
    "RATE_LIMITED",
    "REQUEST_TIMEOUT",
    "METHOD_NOT_ALLOWED",
    "UNSUPPORTED_MEDIA_TYPE",
    "NOT_ACCEPTABLE",
    "PAYLOAD_TOO_LARGE",
    "RESPONSE_TOO_LARGE",
    "BAD_REQUEST",
    "NOT_FOUND",
    "DOCUMENT_NOT_TRUSTED",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_SUPPORTED",
];

/// What no error may say: SQL, names of tables, columns, constraints and roles, of files and of crates.
const UNSAID: &[&str] = &[
    "select ",
    "insert ",
    "where ",
    "sqlx",
    "sqlstate",
    "postgres",
    "pg_",
    "sea_orm",
    "seaorm",
    "dberr",
    "async_graphql",
    "serde",
    "axum",
    "jsonwebtoken",
    "tenant_id",
    "current_setting",
    "app.current",
    "gateway_login",
    "gateway_staff",
    "gateway_owner",
    "untagged",
    "enum ",
    "struct ",
    "variant",
    "campaign_sequence_steps",
    "_fkey",
    "_check",
    "_key\"",
    "constraint",
    "violates",
    "relation \"",
    "table ",
    "row-level",
    "snapshot",
    "unwrap",
    "panicked",
    ".rs",
    "src/",
    "/home",
    "/tmp",
];

#[test]
fn the_readme_lists_every_code_of_http() {
    let readme = include_str!("../../README.md");
    for code in HTTP_CODES {
        assert!(
            readme.contains(&format!("`{code}`")),
            "README.md does not say what `{code}` means"
        );
    }
}

/// The status and the code of a refusal; all of its errors are looked at.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{:#}",
        answer.body
    );
    assert_well_formed(answer);
}

/// The form of section 7.1.2 of the specification, a known code, and nothing that is not to be said.
#[track_caller]
fn assert_well_formed(answer: &Answer) {
    let errors = answer.body["errors"].as_array().expect("a list of errors");
    assert!(!errors.is_empty(), "{:#}", answer.body);
    let schema = resolver::error::Code::ALL.map(resolver::error::Code::as_str);
    for error in errors {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        assert!(
            schema.contains(&code) || HTTP_CODES.contains(&code),
            "no known code: {error:#}"
        );
        assert_ne!(
            code, "INTERNAL_ERROR",
            "the client's fault, not ours: {error:#}"
        );
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            !message.is_empty() && message.chars().count() <= 300,
            "{error:#}"
        );
        let text = error.to_string().to_lowercase();
        for word in UNSAID {
            assert!(!text.contains(word), "an error says `{word}`: {error:#}");
        }
        let known = ["message", "locations", "path", "extensions"];
        assert!(
            error
                .as_object()
                .is_some_and(|error| error.keys().all(|key| known.contains(&key.as_str()))),
            "{error:#}"
        );
    }
}

/// A line about an answer, for a list that a person reads: status, code, message, path.
fn line(name: &str, answer: &Answer) -> String {
    assert_well_formed(answer);
    let error = &answer.body["errors"][0];
    let path = error
        .get("path")
        .map(|path| format!(" at {path}"))
        .unwrap_or_default();
    format!(
        "{name}: {} {} {}{path}\n",
        answer.status,
        answer.code(),
        error["message"].as_str().unwrap_or_default()
    )
}

/// Asks each, and lists what was answered.
async fn answers(client: &gateway_tests::Client, cases: &[(&str, &str, Value)]) -> String {
    let mut lines = String::new();
    for (name, query, variables) in cases {
        let answer = client.query_with(query, variables.clone()).await;
        lines += &line(name, &answer);
    }
    lines
}
