//! Another tenant's id is an unknown one, in every place that takes an id.

use entity::id::{UserId, prefix_of};
use gateway_tests::Answer;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    arranged::{Arranged, on_arranged},
    ask::{Call, error},
    entries::Entry,
};
use crate::isolation::{copy::OFFSET, ids::key, schema::Schema};

#[test]
fn another_tenants_id_is_answered_as_an_unknown_one_everywhere() {
    on_arranged(async |arranged| {
        let mut places = 0;
        for entry in &arranged.entries {
            let before = arranged.dump().await;
            // Plans are of no tenant.
            let ids = ids(&entry.input).into_iter();
            for (pointer, own) in ids.filter(|(_, own)| prefix_of(own) != Some("plan")) {
                let input = |id: &str| entry.with(&pointer, json!(id));
                same_answer(arranged, entry, &own, input, &pointer).await;
                places += 1;
            }
            before.assert_same(&arranged.dump().await, entry.name);
        }
        assert!(places > 70, "only {places} ids were found in the entries");
    });
}

#[test]
fn another_tenants_id_in_a_filter_selects_what_an_unknown_one_does() {
    on_arranged(async |arranged| {
        let mut places = 0;
        for entry in arranged
            .entries
            .iter()
            .filter(|entry| entry.input["filter"].is_object())
        {
            let before = arranged.dump().await;
            let mut leaf = super::inputs::leaves(entry.kind()).into_iter();
            let leaf = leaf
                .find(|leaf| leaf.pointer == "/filter")
                .expect("a filter");
            for (filter, own) in conditions(arranged, entry, &leaf.kind) {
                let input = |id: &str| {
                    let filter = filter.replace("ID", id);
                    let mut input =
                        entry.with("/filter", serde_json::from_str(&filter).expect("JSON"));
                    input["atMost"] = json!(10_000);
                    input
                };
                let answer = same_answer(arranged, entry, &own, input, &filter).await;
                assert_eq!(answer.data()["it"]["count"], 0, "{} {filter}", entry.name);
                places += 1;
            }
            before.assert_same(&arranged.dump().await, entry.name);
        }
        assert!(places > 50, "only {places} conditions were found");
    });
}

/// Asks with the twin's id and with one of nothing; proves that the answers are the same.
async fn same_answer(
    arranged: &Arranged,
    entry: &Entry,
    own: &str,
    input: impl Fn(&str) -> Value,
    place: &str,
) -> Answer {
    let (client, name) = (arranged.twins.owner(), entry.name);
    let (foreign, unknown) = (twin(own), unknown(own));
    let known = key(&foreign).is_some_and(|key| arranged.twins.foreign.contains(&key));
    assert!(known, "the twin of {own} in {name} is none of B's");
    let of_foreign = Call::with(entry, input(&foreign)).send(&client).await;
    let of_unknown = Call::with(entry, input(&unknown)).send(&client).await;
    assert_eq!(
        told(&of_foreign, &foreign),
        told(&of_unknown, &unknown),
        "{name} at {place}: left another tenant's id, right an unknown one"
    );
    of_foreign
}

/// All that a client is told, without the id.
fn told(answer: &Answer, id: &str) -> (u16, String, u32) {
    (
        answer.status,
        answer.body.to_string().replace(id, "ID"),
        answer.statements(),
    )
}

#[test]
fn an_id_of_another_kind_is_refused_by_its_path() {
    on_arranged(async |arranged| {
        for entry in &arranged.entries {
            for (pointer, own) in ids(&entry.input) {
                let others = [
                    arranged.subjects.lead.as_str(),
                    arranged.subjects.folder.as_str(),
                ];
                let other = others
                    .into_iter()
                    .find(|other| prefix_of(other) != prefix_of(&own));
                for wrong in [
                    other.expect("one of two"),
                    "no id",
                    "",
                    "camp_",
                    "folder_-1",
                ] {
                    let input = entry.with(&pointer, json!(wrong));
                    let answer = Call::with(entry, input).send(&arranged.twins.owner()).await;
                    let argument = format!("input{}", pointer.replace('/', "."));
                    let (code, at, message) = error(&answer).unwrap_or_default();
                    assert_eq!(
                        code, "INVALID_ID",
                        "{} {pointer} {wrong:?}: {:#}",
                        entry.name, answer.body
                    );
                    if !pointer.starts_with("/filter") {
                        assert_eq!(at, argument, "{} {wrong:?}: {message}", entry.name);
                        assert!(message.starts_with(&format!("`{argument}` ")), "{message}");
                    }
                    assert_eq!(answer.statements(), 0, "{} {pointer}", entry.name);
                }
            }
        }
    });
}

/// The ids inside an input, each with its JSON pointer.
fn ids(input: &Value) -> Vec<(String, String)> {
    match input {
        Value::String(text) if prefix_of(text).is_some() && key(text).is_some() => {
            vec![(String::new(), text.clone())]
        }
        Value::Array(items) => below(items.iter().enumerate()),
        Value::Object(fields) => below(fields.iter()),
        _ => Vec::new(),
    }
}

fn below<'v, K: std::fmt::Display>(
    values: impl Iterator<Item = (K, &'v Value)>,
) -> Vec<(String, String)> {
    let inner = |(place, value)| {
        let found = ids(value).into_iter();
        found
            .map(move |(pointer, id)| (format!("/{place}{pointer}"), id))
            .collect::<Vec<_>>()
    };
    values.flat_map(inner).collect()
}

/// The id of the twin row.
fn twin(id: &str) -> String {
    let (prefix, bare) = (prefix_of(id).expect("an id"), key(id).expect("an id"));
    let Ok(uuid) = bare.parse::<Uuid>() else {
        let number: i64 = bare.parse().expect("a number");
        return format!("{prefix}_{}", number + OFFSET);
    };
    // The last twelve digits are turned around.
    of_uuid(prefix, Uuid::from_u128(uuid.as_u128() ^ 0xffff_ffff_ffff))
}

/// An id of the same kind, of nothing.
fn unknown(id: &str) -> String {
    let prefix = prefix_of(id).expect("an id");
    match key(id).expect("an id").parse::<Uuid>() {
        Ok(_) => of_uuid(prefix, Uuid::now_v7()),
        Err(_) => format!("{prefix}_987654321987"),
    }
}

/// All kinds of UUID ids are written alike.
fn of_uuid(prefix: &str, uuid: Uuid) -> String {
    UserId::from(uuid)
        .to_string()
        .replace("user_", &format!("{prefix}_"))
}

/// Conditions on ids that a filter can hold, as JSON with `ID`, and an own id of the kind: on the rows' own
/// columns and on those of the rows that they lead to.
fn conditions(arranged: &Arranged, entry: &Entry, kind: &str) -> Vec<(String, String)> {
    let is = r#"{ "in": ["ID"] }"#;
    let mut conditions = Vec::new();
    for field in Schema::served().input(kind) {
        let name = &field.name;
        let target = field
            .kind
            .trim_end_matches("Filter")
            .trim_end_matches("List");
        let condition = match field.kind.as_str() {
            "IdFilter" if name == "id" => {
                let own = entry.input["filter"]["id"]["in"][0]
                    .as_str()
                    .expect("an id");
                conditions.push((format!(r#"{{ "id": {is} }}"#), own.to_owned()));
                continue;
            }
            "IdFilter" => (
                format!(r#"{{ "{name}": {is} }}"#),
                name.trim_end_matches("Id").to_lowercase(),
            ),
            list if list.ends_with("ListFilter") => (
                format!(r#"{{ "{name}": {{ "some": {{ "id": {is} }} }} }}"#),
                target.to_lowercase(),
            ),
            _ if matches!(name.as_str(), "and" | "or" | "not") => continue,
            _ => (
                format!(r#"{{ "{name}": {{ "id": {is} }} }}"#),
                target.to_lowercase(),
            ),
        };
        conditions.extend(of_kind(arranged, &condition.1).map(|own| (condition.0, own)));
    }
    conditions
}

fn of_kind(arranged: &Arranged, kind: &str) -> Option<String> {
    let of = &arranged.subjects;
    let own = match kind {
        "company" => &of.company,
        "domain" => &of.domain,
        "emailaccount" => &of.account,
        "template" => &of.template,
        "folder" => &of.folder,
        "tag" => &of.tag,
        "campaign" => &of.draft,
        "campaignsequencestep" => &of.steps[0],
        _ => return None,
    };
    Some(own.clone())
}
