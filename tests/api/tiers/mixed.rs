//! One operation writes in one database, because two can not be saved as one.

use gateway_tests::World;
use migrations::Tier;
use serde_json::json;

use crate::isolation::twins::{one, one_in};

const TAG: &str = "t: createTag(input: {name: \"mixed\", value: \"mixed\"}) { tag { id } }";
const JOBS: &str = "j: replayJobs(input: {filter: {}, atMost: 100}) { count }";

#[tokio::test]
async fn an_operation_that_writes_in_two_databases_is_refused_in_either_order() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let accept =
        "a: acceptInvitation(input: {id: \"inv_00000000000000000000000000\"}) { tenant { id } }";
    for (first, second, at) in [(TAG, JOBS, "j"), (JOBS, TAG, "t"), (JOBS, accept, "a")] {
        let answer = owner
            .query(&format!("mutation {{ {first} {second} }}"))
            .await;
        assert_eq!(
            (answer.status, answer.code()),
            (200, "MIXED_TIERS"),
            "{:#}",
            answer.body
        );
        assert_eq!(answer.body["errors"][0]["path"], json!([at]));
        assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    }
    let tags: i64 = one(&world, "SELECT count(*) FROM tags WHERE name = 'mixed'").await;
    let replayed = "SELECT count(*) FROM jobs WHERE status = 'queued' AND started IS NOT NULL";
    let replayed: i64 = one_in(&world, Tier::Queue, replayed).await;
    assert_eq!((tags, replayed), (0, 0));
    // Of one database as many as one likes, and what is read may be anywhere.
    let both = format!(
        "mutation {{ {JOBS} d: dropJobs(input: {{filter: {{}}, atMost: 100}}) {{ count }} }}"
    );
    assert_eq!(owner.data(&both).await["d"]["count"], 0);
}
