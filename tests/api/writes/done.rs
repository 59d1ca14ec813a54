//! What is written is answered, saved, and all that changed.

use gateway_tests::{Answer, World};
use serde_json::{Value, json};

use super::{
    arranged::Fresh,
    ask::Call,
    entries::{Entry, UNLIKE},
};
use crate::{audit::covered::recorded, isolation::schema::Schema};

/// What these answer is kept nowhere.
const KEEPS_NOTHING: [&str; 1] = ["previewTemplate"];

#[tokio::test]
async fn every_mutation_does_what_it_says_to_the_own_tenant_alone() {
    let mutations = Schema::served().mutations().iter();
    let names = mutations.map(|field| field.name.as_str());
    for name in names.filter(|name| UNLIKE.iter().all(|(unlike, _)| unlike != name)) {
        let fresh = Fresh::new().await;
        forget_reports(&fresh.world).await;
        let (entry, before) = (fresh.entry(name), fresh.dump().await);
        let answer = Call::of(entry).send(&fresh.world.owner("acme")).await;
        assert_done(entry, &answer);
        let tenant = &fresh.world.demo.as_ref().expect("the demo").tenants[0];
        let own = [tenant.id.to_string(), tenant.users[0].id.to_string()];
        let changed = before.changed(&fresh.dump().await);
        assert_eq!(
            changed.is_empty(),
            KEEPS_NOTHING.contains(&name),
            "{name} changed {changed:?}"
        );
        let expected: Vec<&str> = recorded(name).into_iter().collect();
        assert_eq!(actions(&fresh.world).await, expected, "{name} is recorded");
        assert!(
            changed.iter().all(|(_, owner)| own.contains(owner)),
            "{name} changed {changed:?}"
        );
    }
}

/// What the demo was made with is not to be taken for what a mutation reports.
async fn forget_reports(world: &World) {
    let forget = sqlx::query("DELETE FROM outbox WHERE topic = 'audit.recorded'");
    forget.execute(world.admin()).await.expect("a change");
}

/// The acts that are reported, to be recorded.
async fn actions(world: &World) -> Vec<String> {
    let actions = "SELECT payload ->> 'action' FROM outbox WHERE topic = 'audit.recorded'";
    let actions = sqlx::query_scalar(actions).fetch_all(world.admin()).await;
    actions.expect("acts")
}

fn assert_done(entry: &Entry, answer: &Answer) {
    let (name, payload) = (entry.name, &answer.data()["it"]);
    assert_eq!(
        answer.body["extensions"]["transaction"], "committed",
        "{name}"
    );
    if let Some(count) = payload.get("count") {
        let selected = &entry.input["filter"]["id"]["in"];
        assert_eq!((count, &payload["ids"]), (&json!(1), selected), "{name}");
    } else if let Some(id) = payload.get("id") {
        assert_eq!(id, &entry.input["id"], "{name}");
    }
    let object = payload
        .as_object()
        .into_iter()
        .flatten()
        .find(|(_, value)| value.is_object());
    let Some((_, object)) = object else { return };
    for given in ["/set", "/step", ""]
        .iter()
        .filter_map(|place| entry.input.pointer(place))
    {
        assert_shows(given, object, name);
    }
}

/// What is given by a name is shown by it, an id by the object that it leads to.
fn assert_shows(given: &Value, shown: &Value, name: &str) {
    for (field, value) in given.as_object().into_iter().flatten() {
        let reference = field.strip_suffix("Id").and_then(|field| match field {
            "plan" if given["when"] == "PERIOD_END" => shown.get("pendingPlan"),
            field => shown.get(field),
        });
        let found = shown.get(field).or(reference.map(|object| &object["id"]));
        // What is inside a document or a list is kept in a form of its own.
        if let Some(found) = found.filter(|_| !value.is_object() && !value.is_array()) {
            assert_same(found, value, &format!("{name} {field}"));
        }
    }
}

fn assert_same(found: &Value, value: &Value, place: &str) {
    let moment = |value: &Value| {
        value
            .as_str()?
            .parse::<chrono::DateTime<chrono::Utc>>()
            .ok()
    };
    let same = found == value || (moment(found).is_some() && moment(found) == moment(value));
    assert!(same, "{place}: {found} is shown, {value} was given");
}
