//! What the schema promises to whoever reads it; asked by introspection, which needs no database.

use async_graphql::Request;
use entity::id::{TenantId, UserId};
use serde_json::Value;
use tenant::{Access, Database, DatabaseOptions, Identity};

/// Names that would match, and why they may: rules about passwords are no passwords, and a key's secret is shown once, when
/// it is made.
const RULES: [&str; 11] = [
    "CreateApiKeyPayload.secret",
    // What is wrong with an account, as one word.
    "MailboxProblem.PASSWORD",
    "SendingProblem.PASSWORD",
    "UpdateTenantPolicyInput.passwordMinLength",
    "UpdateTenantPolicyInput.passwordRequireUppercase",
    "UpdateTenantPolicyInput.passwordRequireNumber",
    "UpdateTenantPolicyInput.passwordRequireSymbol",
    "TenantPolicy.passwordMinLength",
    "TenantPolicy.passwordRequireUppercase",
    "TenantPolicy.passwordRequireNumber",
    "TenantPolicy.passwordRequireSymbol",
];

const SECRETS: [&str; 5] = ["vault", "password", "secret", "token", "hash"];

const INTROSPECTION: &str = "{ __schema {
    types {
        name description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description }
        enumValues(includeDeprecated: true) { name description }
    }
    directives { name description args { name description } }
} }";

/// Every type, field, argument, input field, enum value and directive: its path and description.
async fn entries() -> Vec<(String, Option<String>)> {
    let data = ask(INTROSPECTION).await;
    let mut entries = Vec::new();
    for kind in ["types", "directives"] {
        for item in list(&data["__schema"][kind]) {
            let introspects = item["name"].as_str().is_some_and(|n| n.starts_with("__"));
            if !introspects {
                collect(item, "", &mut entries);
            }
        }
    }
    entries
}

fn collect(item: &Value, parent: &str, entries: &mut Vec<(String, Option<String>)>) {
    let name = item["name"].as_str().expect("everything has a name");
    let path = match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    };
    for part in ["fields", "args", "inputFields", "enumValues"] {
        for inner in list(&item[part]) {
            collect(inner, &path, entries);
        }
    }
    entries.push((path, item["description"].as_str().map(str::to_owned)));
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Asks as a member of a tenant, of a database that is not there.
async fn ask(query: &str) -> Value {
    let database = Database::new(
        "postgres://nobody@127.0.0.1:1/none",
        &DatabaseOptions::default(),
    )
    .expect("the URL is one");
    let identity = Identity::Member {
        tenant: TenantId::new(),
        user: UserId::new(),
    };
    let context = database.context(identity, Access::Read);
    let response = resolver::execute(&resolver::schema(), Request::new(query), context).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("an answer is JSON")
}

#[tokio::test]
async fn everything_is_described() {
    let entries = entries().await;
    assert!(entries.len() > 1000, "the walk found {}", entries.len());
    let silent: Vec<_> = entries
        .iter()
        .filter(|(_, description)| {
            description
                .as_deref()
                .is_none_or(|text| text.trim().is_empty())
        })
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "without a description: {silent:#?}");
}

#[tokio::test]
async fn no_secret_is_named() {
    let mut named: Vec<_> = entries()
        .await
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| {
            let own = path.rsplit('.').next().unwrap_or(path).to_lowercase();
            SECRETS.iter().any(|secret| own.contains(secret))
        })
        .collect();
    named.sort();
    let mut rules = RULES;
    rules.sort_unstable();
    assert_eq!(
        named, rules,
        "only the rules about passwords and a new key may say the word"
    );
}

#[test]
fn the_readme_lists_every_code() {
    let readme = include_str!("../../../README.md");
    for code in resolver::error::Code::ALL {
        assert!(
            readme.contains(&format!("`{}`", code.as_str())),
            "README.md does not say what `{}` means",
            code.as_str()
        );
    }
}

#[test]
fn the_sdl_is_the_same_each_time() {
    let sdl = resolver::sdl();
    assert_eq!(sdl, resolver::sdl());
    for parts in ["Workspace", "Templates", "ViewerQuery", "NodeQuery"] {
        assert!(
            !sdl.contains(&format!("type {parts} ")),
            "`{parts}` is a part of Query, not a type of its own"
        );
    }
}
