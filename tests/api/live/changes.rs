//! What happens to campaigns, told once and as it is by then.

use gateway_tests::{EventStream, Socket, World};
use serde_json::json;

use super::{CAMPAIGNS, create, delete, rename, told};

#[tokio::test]
async fn a_campaign_is_told_of_when_it_is_made_changed_and_deleted() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let id = create(&owner, "First").await;
    assert_eq!(stream.data().await, told("CREATED", &id, Some("First")));
    rename(&owner, &id, "Second").await;
    assert_eq!(stream.data().await, told("UPDATED", &id, Some("Second")));
    delete(&owner, &id).await;
    assert_eq!(stream.data().await, told("DELETED", &id, None));
}

#[tokio::test]
async fn an_event_answers_all_that_a_query_could_ask_of_its_row() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let query = "subscription S($first: Int!) { \
        it: campaigns { __typename campaign { ...C steps(first: $first) { totalCount nodes { stepType } } } } } \
        fragment C on Campaign { status company { name } }";
    let body = json!({ "query": query, "operationName": "S", "variables": { "first": 1 } });
    let request = owner.request(reqwest::Method::POST, "/graphql");
    let mut stream = EventStream::open(request.json(&body)).await;
    let mutation = "mutation { createCampaign(input: {name: \"With steps\", steps: [\
        {stepType: WAIT, waitDurationHours: 4}, {stepType: CONDITION, conditionType: \"opened\"}]}) { campaign { id } } }";
    owner.data(mutation).await;
    let expected = json!({ "it": { "__typename": "CampaignEvent", "campaign": {
        "status": "DRAFT",
        "company": null,
        "steps": { "totalCount": 2, "nodes": [{ "stepType": "WAIT" }] },
    } } });
    assert_eq!(stream.data().await, expected);
}

/// What one transaction does to a campaign and its steps is one event.
#[tokio::test]
async fn a_step_is_a_part_of_its_campaign() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let id = create(&owner, "Sequence").await;
    let (other, query) = (create(&owner, "Other").await, |id: &str| {
        format!(
            "subscription {{ campaign(id: \"{id}\") {{ change campaign {{ steps {{ totalCount }} }} }} }}"
        )
    });
    let mut socket = Socket::signed_in(&owner).await;
    socket.subscribe("one", &query(&id)).await;
    let add = |id: &str| {
        format!(
            "mutation {{ createCampaignSequenceStep(input: {{campaignId: \"{id}\", step: {{stepType: WAIT, waitDurationHours: 1}}}}) \
             {{ campaignSequenceStep {{ id }} }} }}"
        )
    };
    owner.data(&add(&other)).await;
    let made = owner.data(&add(&id)).await;
    let expected = |change: &str, steps: u32| json!({ "campaign": { "change": change, "campaign": { "steps": { "totalCount": steps } } } });
    assert_eq!(socket.data("one").await, expected("UPDATED", 1));
    let step = &made["createCampaignSequenceStep"]["campaignSequenceStep"]["id"];
    let remove = "mutation ($id: ID!) { deleteCampaignSequenceStep(input: {id: $id}) { id } }";
    owner.data_with(remove, json!({ "id": step })).await;
    assert_eq!(socket.data("one").await, expected("UPDATED", 0));
    owner.data(&add(&id)).await;
    assert_eq!(socket.data("one").await, expected("UPDATED", 1));
    delete(&owner, &id).await;
    let gone = json!({ "campaign": { "change": "DELETED", "campaign": null } });
    assert_eq!(socket.data("one").await, gone);
}

#[tokio::test]
async fn a_step_that_changes_is_a_change_of_its_campaign() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mutation = "mutation { createCampaign(input: {name: \"Sequence\", steps: [{stepType: WAIT, waitDurationHours: 1}]}) \
        { campaign { id steps { nodes { id } } } } }";
    let made = owner.data(mutation).await["createCampaign"]["campaign"].take();
    let query = format!(
        "subscription {{ campaign(id: {}) {{ change campaign {{ steps {{ nodes {{ waitDurationHours }} }} }} }} }}",
        made["id"]
    );
    let mut stream = EventStream::subscribe(&owner, &query).await;
    let change = "mutation ($id: ID!) { updateCampaignSequenceStep(input: {id: $id, set: {waitDurationHours: 7}}) \
        { campaignSequenceStep { id } } }";
    let step = &made["steps"]["nodes"][0]["id"];
    owner.data_with(change, json!({ "id": step })).await;
    let steps = json!({ "nodes": [{ "waitDurationHours": 7 }] });
    assert_eq!(
        stream.data().await,
        json!({ "campaign": { "change": "UPDATED", "campaign": { "steps": steps } } })
    );
}

#[tokio::test]
async fn a_change_that_was_rolled_back_is_none() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let failing = "mutation { createCampaign(input: {name: \"Never\"}) { campaign { id } } \
        deleteCampaign(input: {id: \"camp_01h455vb4pex5vsknk084sn02q\"}) { id } }";
    assert_eq!(owner.query(failing).await.code(), "NOT_FOUND");
    let id = create(&owner, "After").await;
    assert_eq!(stream.data().await, told("CREATED", &id, Some("After")));
}

/// Numbers are given out when a row is written, and it is seen when its transaction commits.
#[tokio::test]
async fn a_transaction_that_commits_late_is_told_of_and_holds_no_other_back() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let id = create(&owner, "Late").await;
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let mut late = world.admin().begin().await.expect("a transaction");
    sqlx::query("UPDATE campaigns SET name = 'Too late' WHERE name = 'Late'")
        .execute(&mut *late)
        .await
        .expect("an update");
    for name in ["One", "Two"] {
        let id = create(&owner, name).await;
        assert_eq!(stream.data().await, told("CREATED", &id, Some(name)));
    }
    late.commit().await.expect("a commit");
    assert_eq!(stream.data().await, told("UPDATED", &id, Some("Too late")));
    let id = create(&owner, "Three").await;
    assert_eq!(stream.data().await, told("CREATED", &id, Some("Three")));
}

#[tokio::test]
async fn what_many_write_at_once_is_told_once_each() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let names: Vec<String> = (0..30).map(|number| format!("Many {number}")).collect();
    let making = names.iter().map(|name| create(&owner, name));
    let made = futures::future::join_all(making).await;
    let last = create(&owner, "Last").await;
    let mut seen = Vec::new();
    loop {
        let event = stream.data().await["campaigns"].clone();
        assert_eq!(event["change"], "CREATED", "{event}");
        let id = event["id"].as_str().expect("an id").to_owned();
        if id == last {
            break;
        }
        seen.push(id);
    }
    let mut expected = made;
    expected.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, expected);
}

/// One statement is one INSERT of all its changes.
#[tokio::test]
async fn a_change_of_many_rows_is_an_event_of_each() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let mutation = "mutation { updateCampaigns(input: {filter: {}, set: {description: \"All\"}, atMost: 100}) { ids } }";
    let changed = owner.data(mutation).await;
    let ids = changed["updateCampaigns"]["ids"].as_array().expect("ids");
    let mut expected: Vec<&str> = ids.iter().filter_map(serde_json::Value::as_str).collect();
    let mut seen = Vec::new();
    for _ in &expected {
        let event = stream.data().await["campaigns"].clone();
        assert_eq!(event["change"], "UPDATED", "{event}");
        seen.push(event["id"].as_str().expect("an id").to_owned());
    }
    expected.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, expected);
    assert!(seen.len() > 10, "{}", seen.len());
}
