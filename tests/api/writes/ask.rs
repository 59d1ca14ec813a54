//! Operations made of entries.

use gateway_tests::{Answer, Client};
use serde_json::{Map, Value, json};

use super::{entries::Entry, messages};
use crate::isolation::schema::Schema;

/// A root field of an operation.
pub struct Call<'e> {
    /// Its name in the answer.
    alias: &'e str,
    entry: &'e Entry,
    input: Value,
}

impl<'e> Call<'e> {
    /// The entry as it is, answered as `it`.
    pub fn of(entry: &'e Entry) -> Self {
        Self::with(entry, entry.input.clone())
    }

    /// The entry with another input.
    pub fn with(entry: &'e Entry, input: Value) -> Self {
        Self {
            alias: "it",
            entry,
            input,
        }
    }

    /// The same by another name.
    pub fn named(self, alias: &'e str) -> Self {
        Self { alias, ..self }
    }

    /// Sends it alone.
    pub async fn send(self, client: &Client) -> Answer {
        send(client, &[self]).await
    }

    /// Sends it with a root field behind it that fails, so that nothing of it stays.
    pub async fn try_out(self, client: &Client) -> Answer {
        send_with(client, &[self], POISON).await
    }
}

/// Fails before any SQL of its own.
const POISON: &str =
    "poison: updateUserPreferences(input: {timezone: \"Mars/Olympus\"}) { userPreferences { id } }";

/// A field that is for owners and billing, of an object that others write, too.
const OF_PAYERS: &str = "stripeCustomerId";

/// Sends root fields in one operation.
pub async fn send(client: &Client, calls: &[Call<'_>]) -> Answer {
    send_with(client, calls, "").await
}

async fn send_with(client: &Client, calls: &[Call<'_>], more: &str) -> Answer {
    let (mut variables, mut fields, mut values) = (String::new(), String::new(), Map::new());
    for Call {
        alias,
        entry,
        input,
    } in calls
    {
        let selection = Schema::served().selection(&entry.field().kind, 2);
        let words = selection.split(' ').filter(|word| *word != OF_PAYERS);
        let selection = words.collect::<Vec<_>>().join(" ");
        variables.push_str(&format!("${alias}: {}! ", entry.kind()));
        fields.push_str(&format!(
            "{alias}: {}(input: ${alias}) {selection} ",
            entry.name
        ));
        values.insert((*alias).to_owned(), input.clone());
    }
    let query = format!("mutation({variables}) {{ {fields} {more} }}");
    let answer = client.query_with(&query, Value::Object(values)).await;
    messages::assert_clean(&answer, &query);
    answer
}

/// The errors of the root field `it`, and those of the whole operation.
pub fn errors(answer: &Answer) -> Vec<&Value> {
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    errors
        .filter(|error| error["path"].is_null() || error["path"][0] == json!("it"))
        .collect()
}

/// The first of them: code, `extensions.argument`, message.
pub fn error(answer: &Answer) -> Option<(&str, &str, &str)> {
    let error = errors(answer).into_iter().next()?;
    let (extensions, message) = (&error["extensions"], &error["message"]);
    Some((
        extensions["code"].as_str().unwrap_or_default(),
        extensions["argument"].as_str().unwrap_or_default(),
        message.as_str().unwrap_or_default(),
    ))
}

/// Nothing of the operation was saved, and the answer says so.
pub fn assert_undone(answer: &Answer, done: &str) {
    let outcome = (
        &answer.body["data"],
        &answer.body["extensions"]["transaction"],
    );
    assert_eq!(
        outcome,
        (&Value::Null, &json!("rolled back")),
        "{done}: {:#}",
        answer.body
    );
}
