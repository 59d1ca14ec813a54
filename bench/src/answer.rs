//! Answers in one form, so that they can be compared: each value is kept, only its spelling is changed.
//!
//! Ids become UUIDs, times microseconds, enumerations lower case; groups become a key and a count, in
//! order. What a mutation makes has an id and a time of its own, which are checked to be ones.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    Result,
    operation::{Dialect, Operation},
};

/// What an answer says, in the form that all peers share.
pub(crate) fn canonical(operation: Operation, dialect: Dialect, answer: &Value) -> Result<Value> {
    let data = match (answer.get("errors"), answer.get("data")) {
        (None, Some(data)) if data.is_object() => data,
        _ => return Err(format!("{}: no answer but {}", operation.id(), brief(answer)).into()),
    };
    match operation {
        Operation::I1 => introspected(data),
        Operation::M1 => {
            // PostGraphile's last mutation is of a step, from which the campaign is reached.
            let made = &data["createCampaign"];
            let campaign = &made.get("step").unwrap_or(made)["campaign"];
            let made = json!({ "createCampaign": { "campaign": campaign } });
            anonymous(spelled("", &made)?)
        }
        Operation::Q6 => grouped(dialect, data),
        _ => spelled("", data),
    }
}

/// One that was not used before: microseconds, of which no two requests share one.
pub(crate) fn number() -> u64 {
    chrono::Utc::now().timestamp_micros().unsigned_abs() & 0xFFFF_FFFF_FFFF
}

/// The beginning of a text, for messages.
pub(crate) fn brief(value: &Value) -> String {
    value.to_string().chars().take(600).collect()
}

/// Where two answers differ first.
pub(crate) fn difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) if left.len() == right.len() => {
            left.iter().find_map(|(key, value)| {
                let other = right.get(key).unwrap_or(&Value::Null);
                difference(value, other, &format!("{path}.{key}"))
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => (0..left.len())
            .find_map(|at| difference(&left[at], &right[at], &format!("{path}[{at}]"))),
        _ if left == right => None,
        _ => Some(format!("at {path}: {} and {}", brief(left), brief(right))),
    }
}

fn spelled(key: &str, value: &Value) -> Result<Value> {
    Ok(match value {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| Ok((key.clone(), spelled(key, value)?)));
            Value::Object(fields.collect::<Result<Map<_, _>>>()?)
        }
        Value::Array(values) => {
            let values = values.iter().map(|value| spelled(key, value));
            Value::Array(values.collect::<Result<_>>()?)
        }
        Value::String(text) => match key {
            "id" => uuid(text)?.to_string().into(),
            "created" => micros(text)?.into(),
            "status" | "stepType" => text.to_lowercase().into(),
            _ => value.clone(),
        },
        _ => value.clone(),
    })
}

/// A time in microseconds since 1970.
fn micros(text: &str) -> Result<i64> {
    let time = chrono::DateTime::parse_from_rfc3339(text);
    Ok(time
        .map_err(|error| format!("{text}: {error}"))?
        .timestamp_micros())
}

/// A plain UUID, or one behind a prefix in Crockford's base 32.
fn uuid(text: &str) -> Result<Uuid> {
    let Some((_, suffix)) = text.rsplit_once('_') else {
        return Ok(Uuid::parse_str(text)?);
    };
    let mut bits: u128 = 0;
    for byte in suffix.bytes() {
        let digit = b"0123456789abcdefghjkmnpqrstvwxyz"
            .iter()
            .position(|one| *one == byte);
        bits = (bits << 5) | digit.ok_or_else(|| format!("{text} is no id"))? as u128;
    }
    Ok(Uuid::from_u128(bits))
}

/// Takes out what each server makes anew: ids and times of what was written, by now checked.
fn anonymous(mut value: Value) -> Result<Value> {
    let campaign = &mut value["createCampaign"]["campaign"];
    let steps = campaign["steps"]["nodes"]
        .as_array_mut()
        .map(std::mem::take)
        .unwrap_or_default();
    if campaign["id"].is_null() || !campaign["created"].is_i64() {
        return Err(format!("m1: no campaign but {}", brief(&value)).into());
    }
    let strip = |mut row: Value| {
        row["id"] = "new".into();
        row
    };
    campaign["steps"]["nodes"] = steps.into_iter().map(strip).collect();
    campaign["id"] = "new".into();
    campaign["created"] = "now".into();
    Ok(value)
}

/// Schemas differ by design; that there is one is all that can be said.
fn introspected(data: &Value) -> Result<Value> {
    match data["__schema"]["types"].as_array() {
        Some(types) if types.len() > 20 => Ok(json!("a schema")),
        _ => Err("i1: the answer is no schema".into()),
    }
}

/// Groups as sorted pairs of key and count.
fn grouped(dialect: Dialect, data: &Value) -> Result<Value> {
    let pairs = |name: &str| -> Result<Value> {
        let groups = data["leads"][name].as_array().ok_or("q6: no groups")?;
        let mut pairs: Vec<(String, i64)> = groups
            .iter()
            .map(|group| pair(dialect, group))
            .collect::<Result<_>>()?;
        pairs.sort();
        Ok(json!(pairs))
    };
    Ok(json!({ "status": pairs("status")?, "day": pairs("day")? }))
}

fn pair(dialect: Dialect, group: &Value) -> Result<(String, i64)> {
    let (key, count) = match dialect {
        Dialect::Gateway => {
            let key = &group["key"];
            let key = key["status"]
                .as_str()
                .or_else(|| key["created"]["day"].as_str());
            (key, group["aggregates"]["count"].as_i64())
        }
        Dialect::PostGraphile => {
            let count = group["distinctCount"]["rowId"].as_str();
            (
                group["keys"][0].as_str(),
                count.and_then(|count| count.parse().ok()),
            )
        }
    };
    let (Some(key), Some(count)) = (key, count) else {
        return Err(format!("q6: no group but {}", brief(group)).into());
    };
    let day = key.strip_suffix("T00:00:00.000000+00:00");
    Ok((day.unwrap_or(key).to_lowercase(), count))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{canonical, difference};
    use crate::operation::{Dialect, Operation};

    #[test]
    fn one_row_in_two_spellings_is_the_same() -> crate::Result<()> {
        let ours = json!({ "data": { "campaign": { "id": "camp_01kdvdna0deegr02ew3ewf6cn3", "status": "DRAFT",
            "created": "2026-11-17T21:58:48.709617Z" } } });
        let theirs = json!({ "data": { "campaign": { "id": "019b76da-a80d-73a1-8009-dc1bb8f332a3", "status": "draft",
            "created": "2026-11-17T21:58:48.709617+00:00" } } });
        let ours = canonical(Operation::Q2, Dialect::Gateway, &ours)?;
        let theirs = canonical(Operation::Q2, Dialect::PostGraphile, &theirs)?;
        assert_eq!(difference(&ours, &theirs, ""), None);
        Ok(())
    }

    #[test]
    fn another_value_and_a_missing_row_are_told() {
        let told = difference(&json!({ "a": [1, 2] }), &json!({ "a": [1, 3] }), "data");
        assert_eq!(told.as_deref(), Some("at data.a[1]: 2 and 3"));
        assert!(difference(&json!([1, 2]), &json!([1]), "").is_some());
    }

    #[test]
    fn an_answer_with_errors_is_none() {
        let answer = json!({ "data": { "campaign": null }, "errors": [] });
        assert!(canonical(Operation::Q2, Dialect::Gateway, &answer).is_err());
    }

    #[test]
    fn groups_are_compared_whatever_their_order() -> crate::Result<()> {
        let ours = json!({ "data": { "leads": {
            "status": [{ "key": { "status": "ACTIVE" }, "aggregates": { "count": 7 } }],
            "day": [{ "key": { "created": { "day": "2026-02-01" } }, "aggregates": { "count": 3 } }] } } });
        let theirs = json!({ "data": { "leads": {
            "status": [{ "keys": ["active"], "distinctCount": { "rowId": "7" } }],
            "day": [{ "keys": ["2026-02-01T00:00:00.000000+00:00"], "distinctCount": { "rowId": "3" } }] } } });
        assert_eq!(
            canonical(Operation::Q6, Dialect::Gateway, &ours)?,
            canonical(Operation::Q6, Dialect::PostGraphile, &theirs)?
        );
        Ok(())
    }
}
