//! Dead letters, and that no other job is touched.

use gateway_tests::JOBS;
use serde_json::json;

use super::{count, demo, ids};

const REPLAY: &str = "mutation($id: ID!) { it: replayJob(input: {id: $id}) {
    job { status isDeadLetter attemptCount failed lastErrorMessage runAt } } }";
const DROP: &str = "mutation($id: ID!) { it: dropJob(input: {id: $id}) { id } }";
const DEAD: i64 = JOBS / 5;

#[tokio::test]
async fn a_dead_letter_is_read_with_all_that_is_known_of_it() {
    let (_world, owner) = demo().await;
    let query = "{ deadLetters(first: 1) { totalCount nodes { queueName jobType status isDeadLetter payload lastErrorMessage
        logs { totalCount nodes { status attemptNumber durationMs job { status } } } } } }";
    let data = owner.data(query).await;
    assert_eq!(data["deadLetters"]["totalCount"], DEAD);
    let job = &data["deadLetters"]["nodes"][0];
    assert_eq!(
        json!([job["status"], job["isDeadLetter"], job["lastErrorMessage"]]),
        json!(["FAILED", true, "the server said 550"])
    );
    assert!(job["payload"]["place"].is_number(), "{job:#}");
    assert_eq!(job["logs"]["totalCount"], 2);
    assert_eq!(
        job["logs"]["nodes"][0],
        json!({ "status": "FAILED", "attemptNumber": 2, "durationMs": 2000, "job": { "status": "FAILED" } })
    );
}

#[tokio::test]
async fn a_replayed_job_is_due_at_once_and_has_all_its_attempts() {
    let (world, owner) = demo().await;
    let id = ids(&world, "status = 'failed'").await.remove(0);
    let data = owner.data_with(REPLAY, json!({ "id": id })).await;
    let job = &data["it"]["job"];
    assert_eq!(
        json!([
            job["status"],
            job["isDeadLetter"],
            job["attemptCount"],
            job["failed"]
        ]),
        json!(["QUEUED", false, 0, null])
    );
    // Why it failed is not known to be over.
    assert_eq!(job["lastErrorMessage"], "the server said 550");
    let due = format!(
        "id = '{id}' AND status = 'queued' AND attempt_count = 0 AND failed IS NULL
            AND run_at BETWEEN now() - interval '5 minutes' AND now() + interval '5 minutes'"
    );
    assert_eq!(count(&world, &due).await, 1);
    assert_eq!(count(&world, "status = 'failed'").await, DEAD - 1);
}

#[tokio::test]
async fn a_dropped_job_is_gone_with_its_logs() {
    let (world, owner) = demo().await;
    let id = ids(&world, "status = 'failed'").await.remove(0);
    owner.data_with(DROP, json!({ "id": id })).await;
    assert_eq!(count(&world, &format!("id = '{id}'")).await, 0);
    let logs = format!("id IN (SELECT job_id FROM job_logs WHERE job_id = '{id}')");
    assert_eq!(count(&world, &logs).await, 0);
    let found = owner.data(&format!("{{ job(id: \"{id}\") {{ id }} jobLogs(filter: {{jobId: {{eq: \"{id}\"}}}}) {{ totalCount }} }}")).await;
    assert_eq!(
        found,
        json!({ "job": null, "jobLogs": { "totalCount": 0 } })
    );
    let again = owner.query_with(DROP, json!({ "id": id })).await;
    assert_eq!(again.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_job_that_is_no_dead_letter_is_left_alone() {
    let (world, owner) = demo().await;
    for status in ["queued", "migrated_to_redis", "running", "completed"] {
        let id = ids(&world, &format!("status = '{status}'")).await.remove(0);
        for (query, verb) in [(REPLAY, "replay"), (DROP, "drop")] {
            let answer = owner.query_with(query, json!({ "id": id })).await;
            assert_eq!(answer.code(), "ILLEGAL_TRANSITION", "{verb} {status}");
            let error = &answer.body["errors"][0];
            assert_eq!(
                error["message"],
                format!("can not {verb} the job: it is {status}, and must be failed")
            );
            assert_eq!(error["extensions"]["status"], status.to_uppercase());
        }
        let same = format!("id = '{id}' AND status = '{status}' AND updated = created");
        assert_eq!(count(&world, &same).await, 1, "{status}");
    }
}

#[tokio::test]
async fn a_filter_selects_dead_letters_only_and_no_more_than_allowed() {
    let (world, owner) = demo().await;
    let others = count(&world, "status <> 'failed'").await;
    let many = |field: &str, filter: &str, most: i64| {
        format!(
            "mutation {{ it: {field}(input: {{filter: {filter}, atMost: {most}}}) {{ count ids }} }}"
        )
    };
    for field in ["replayJobs", "dropJobs"] {
        let refused = owner.query(&many(field, "{}", DEAD - 1)).await;
        assert_eq!(refused.code(), "TOO_MANY_ROWS", "{field}");
    }
    assert_eq!(count(&world, "status = 'failed'").await, DEAD);
    let running = "{status: {in: [RUNNING, QUEUED]}}";
    let none = owner.data(&many("dropJobs", running, 10)).await;
    assert_eq!(none["it"], json!({ "count": 0, "ids": [] }));
    let of_queue = "{queueName: {eq: \"billing\"}}";
    let billing = count(&world, "status = 'failed' AND queue_name = 'billing'").await;
    assert!(billing > 0 && billing < DEAD);
    let dropped = owner.data(&many("dropJobs", of_queue, DEAD)).await;
    assert_eq!(dropped["it"]["count"], billing);
    let replayed = owner.data(&many("replayJobs", "{}", DEAD)).await;
    assert_eq!(replayed["it"]["count"], DEAD - billing);
    assert_eq!(count(&world, "status = 'failed'").await, 0);
    assert_eq!(
        count(&world, "status <> 'failed'").await,
        others + DEAD - billing
    );
}

#[tokio::test]
async fn a_dead_letter_that_changed_since_it_was_read_is_stale() {
    let (world, owner) = demo().await;
    let id = ids(&world, "status = 'failed'").await.remove(0);
    for field in ["replayJob", "dropJob"] {
        let query = format!(
            "mutation {{ it: {field}(input: {{id: \"{id}\", expectedUpdated: \"2020-01-01T00:00:00Z\"}}) {{ __typename }} }}"
        );
        assert_eq!(owner.query(&query).await.code(), "STALE", "{field}");
    }
    assert_eq!(count(&world, "status = 'failed'").await, DEAD);
}

/// Without the gateway's own condition: the database itself lets nobody else's work be touched.
#[tokio::test]
async fn the_database_lets_members_touch_no_other_job() {
    let (world, _) = demo().await;
    let owner = crate::tiers::owner(&world);
    let context = crate::tiers::database(&world, 1)
        .await
        .writing(tenant::Tier::Queue, owner);
    let queue = context.on(tenant::Tier::Queue);
    let run = async |sql: &str| {
        let done = sea_orm::ConnectionTrait::execute_raw(
            &queue,
            sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql),
        );
        done.await.map(|done| done.rows_affected()).ok()
    };
    let untouched = [
        "DELETE FROM jobs WHERE status <> 'failed'",
        "UPDATE jobs SET status = 'queued' WHERE status <> 'failed'",
    ];
    for sql in untouched {
        assert_eq!(run(sql).await, Some(0), "{sql}");
    }
    let done = "UPDATE jobs SET status = 'completed' WHERE status = 'failed'";
    assert_eq!(run(done).await, None, "{done}");
}
