//! The steps of a campaign: places from 1 on, whoever adds, deletes and moves at once.

use futures::future::join_all;
use serde_json::{Value, json};

use super::{
    arranged::Fresh,
    ask::{Call, error},
};

/// The steps' ids in their order; proves that their places are 1, 2, 3, …
async fn steps(fresh: &Fresh) -> Vec<String> {
    let query = format!(
        "{{ campaign(id: \"{}\") {{ steps(first: 200, orderBy: {{field: STEP_ORDER}}) {{ nodes {{ id stepOrder }} }} }} }}",
        fresh.subjects.draft
    );
    let data = fresh.world.owner("acme").data(&query).await;
    let nodes = data["campaign"]["steps"]["nodes"]
        .as_array()
        .expect("steps");
    let places: Vec<u64> = nodes
        .iter()
        .map(|node| node["stepOrder"].as_u64().expect("a place"))
        .collect();
    let expected: Vec<u64> = (1..=nodes.len() as u64).collect();
    assert_eq!(places, expected);
    let id = |node: &Value| node["id"].as_str().expect("an id").to_owned();
    nodes.iter().map(id).collect()
}

fn new_step(fresh: &Fresh, position: Option<usize>) -> Value {
    let step = json!({ "stepType": "WAIT", "waitDurationHours": 1 });
    json!({ "campaignId": fresh.subjects.draft, "position": position, "step": step })
}

#[tokio::test]
async fn a_step_goes_where_it_is_put_and_the_others_make_room() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let mut expected = fresh.subjects.steps.clone();
    assert_eq!(steps(&fresh).await, expected);
    let create = fresh.entry("createCampaignSequenceStep");
    for (position, place) in [(Some(1), 0), (Some(3), 2), (None, 5), (Some(90), 6)] {
        let made = Call::with(create, new_step(&fresh, position))
            .send(&owner)
            .await
            .data();
        let id = made["it"]["campaignSequenceStep"]["id"]
            .as_str()
            .expect("an id");
        expected.insert(place, id.to_owned());
        assert_eq!(steps(&fresh).await, expected, "{position:?}");
    }
    let removed = expected.remove(2);
    Call::with(
        fresh.entry("deleteCampaignSequenceStep"),
        json!({ "id": removed }),
    )
    .send(&owner)
    .await
    .data();
    assert_eq!(steps(&fresh).await, expected);
    expected.rotate_left(2);
    let order = json!({ "campaignId": fresh.subjects.draft, "stepIds": expected });
    Call::with(fresh.entry("reorderCampaignSequenceSteps"), order)
        .send(&owner)
        .await
        .data();
    assert_eq!(steps(&fresh).await, expected);
}

#[tokio::test]
async fn a_campaign_has_a_hundred_steps_at_the_most() {
    let fresh = Fresh::new().await;
    let (owner, create) = (
        fresh.world.owner("acme"),
        fresh.entry("createCampaignSequenceStep"),
    );
    for _ in 3..100 {
        Call::with(create, new_step(&fresh, None))
            .send(&owner)
            .await
            .data();
    }
    for position in [None, Some(1)] {
        let answer = Call::with(create, new_step(&fresh, position))
            .send(&owner)
            .await;
        let (code, argument, _) = error(&answer).unwrap_or_default();
        assert_eq!(
            (code, argument),
            ("BAD_USER_INPUT", "input.campaignId"),
            "{:#}",
            answer.body
        );
    }
    assert_eq!(steps(&fresh).await.len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_made_and_deleted_at_once_keep_their_places() {
    let fresh = Fresh::new().await;
    let owner = fresh.world.owner("acme");
    let create = fresh.entry("createCampaignSequenceStep");
    let position = |number: usize| [None, Some(1), Some(2), Some(50)][number % 4];
    let made = join_all(
        (0..30).map(|number| Call::with(create, new_step(&fresh, position(number))).send(&owner)),
    )
    .await;
    made.iter().for_each(|answer| drop(answer.data()));
    let there = steps(&fresh).await;
    assert_eq!(there.len(), 33);
    let delete = fresh.entry("deleteCampaignSequenceStep");
    let deleted = there
        .iter()
        .step_by(3)
        .map(|id| Call::with(delete, json!({ "id": id })).send(&owner));
    let more =
        (0..10).map(|number| Call::with(create, new_step(&fresh, position(number))).send(&owner));
    let (deleted, more) = tokio::join!(join_all(deleted), join_all(more));
    deleted
        .iter()
        .chain(&more)
        .for_each(|answer| drop(answer.data()));
    assert_eq!(steps(&fresh).await.len(), 33 - 11 + 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_orders_at_once_one_is_the_last() {
    let fresh = Fresh::new().await;
    let (owner, entry) = (
        fresh.world.owner("acme"),
        fresh.entry("reorderCampaignSequenceSteps"),
    );
    let [a, b, c] = &fresh.subjects.steps[..] else {
        panic!("three steps")
    };
    let orders = [
        [a, b, c],
        [c, b, a],
        [b, a, c],
        [c, a, b],
        [a, c, b],
        [b, c, a],
    ];
    for _ in 0..5 {
        let input =
            |order: &[&String; 3]| json!({ "campaignId": fresh.subjects.draft, "stepIds": order });
        let answers = join_all(
            orders
                .iter()
                .map(|order| Call::with(entry, input(order)).send(&owner)),
        )
        .await;
        answers.iter().for_each(|answer| drop(answer.data()));
        let last = steps(&fresh).await;
        assert!(
            orders.iter().any(|order| order.iter().copied().eq(&last)),
            "{last:?} is none of the orders"
        );
    }
}
