//! `expectedUpdated`: who changes what somebody else has changed since is told.

use entity::id::prefix_of;
use serde_json::{Value, json};

use super::{
    arranged::{Arranged, on_arranged},
    ask::{Call, error},
    entries::Entry,
    inputs::leaves,
};
use crate::isolation::{ids::key, twins::one_in};

/// The entries that take what was read.
fn expecting(arranged: &Arranged) -> impl Iterator<Item = &Entry> {
    let takes = |entry: &&Entry| {
        leaves(entry.kind())
            .iter()
            .any(|leaf| leaf.name == "expectedUpdated")
    };
    arranged.entries.iter().filter(takes)
}

/// When the entry's row was updated, as answers show it.
async fn updated(arranged: &Arranged, entry: &Entry) -> String {
    let id = entry.input["id"].as_str().expect("an id");
    let table = match prefix_of(id).expect("an id") {
        "co" => "companies",
        "dom" => "domains",
        "acct" => "email_accounts",
        "lead" => "leads",
        "tmpl" => "templates",
        "folder" => "folders",
        "tag" => "tags",
        "camp" => "campaigns",
        "clead" => "campaign_leads",
        "step" => "campaign_sequence_steps",
        "sub" => "subscriptions",
        "mbr" => "tenant_users",
        "job" => "jobs",
        other => panic!("which table has the ids {other}_…?"),
    };
    let (found, world) = (arranged.twins.catalog.table(table), &arranged.twins.world);
    let column = found.key();
    let sql = format!(
        "SELECT to_jsonb(updated) #>> '{{}}' FROM {table} WHERE tenant_id = '{}' AND {column} = '{}'",
        arranged.twins.a,
        key(id).expect("an id")
    );
    one_in(world, found.tier, &sql).await
}

#[test]
fn a_row_that_has_changed_since_it_was_read_is_left_alone() {
    on_arranged(async |arranged| {
        let (client, mut asked) = (arranged.twins.owner(), 0);
        for entry in expecting(arranged) {
            let now = updated(arranged, entry).await;
            let input = |at: &str| entry.with("/expectedUpdated", json!(at));
            let fresh = Call::with(entry, input(&now)).try_out(&client).await;
            assert_eq!(error(&fresh), None, "{}: {:#}", entry.name, fresh.body);
            for other in ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
                let stale = Call::with(entry, input(other)).send(&client).await;
                let (code, argument, _) = error(&stale).unwrap_or_default();
                assert_eq!(
                    (code, argument),
                    ("STALE", "input.id"),
                    "{}: {:#}",
                    entry.name,
                    stale.body
                );
                let told = stale.body["errors"][0]["extensions"]["updated"]
                    .as_str()
                    .unwrap_or_default();
                assert_eq!(moment(told), moment(&now), "{}", entry.name);
            }
            asked += 1;
        }
        assert!(asked > 20, "only {asked} mutations take what was read");
    });
}

#[test]
fn what_was_read_does_not_make_an_unknown_row_known() {
    on_arranged(async |arranged| {
        for entry in expecting(arranged) {
            let mut input = entry.with("/expectedUpdated", json!("2001-01-01T00:00:00Z"));
            let unknown = match entry.input["id"].as_str().and_then(prefix_of) {
                Some(prefix @ ("folder" | "tag")) => format!("{prefix}_987654321987"),
                Some(prefix) => format!("{prefix}_01h455vb4pex5vsknk084sn02q"),
                None => panic!("`{}` has no id", entry.name),
            };
            input["id"] = Value::String(unknown);
            let answer = Call::with(entry, input).send(&arranged.twins.owner()).await;
            assert_eq!(
                answer.code(),
                "NOT_FOUND",
                "{}: {:#}",
                entry.name,
                answer.body
            );
        }
    });
}

fn moment(text: &str) -> chrono::DateTime<chrono::Utc> {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_moment_that_can_not_be_stored_is_refused() {
    on_arranged(async |arranged| {
        let mut asked = 0;
        for entry in expecting(arranged) {
            for moment in ["-5000-01-01T00:00:00Z", "9999-12-31T23:59:60Z"] {
                let input = entry.with("/expectedUpdated", json!(moment));
                let answer = Call::with(entry, input);
                let answer = answer.send(&arranged.twins.owner()).await;
                let (code, argument, _) = error(&answer).unwrap_or_default();
                assert_eq!(
                    (code, argument),
                    ("BAD_USER_INPUT", "input.expectedUpdated"),
                    "{} {:#}",
                    entry.name,
                    answer.body
                );
                asked += 1;
            }
        }
        assert!(asked > 30, "{asked}");
    });
}
