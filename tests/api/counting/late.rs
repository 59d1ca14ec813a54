//! What ends late is counted all the same, whenever it says that it happened.

use gateway_tests::roll_up;
use migrations::Tier;
use sqlx::AssertSqlSafe;
use tenant::{Access, Identity};

use super::desk::Desk;

const COLUMNS: &str = "campaign_id, email_account_id, lead_id, sent";

fn values(at: &str) -> String {
    let id = uuid::Uuid::from_u128(7);
    format!("'{id}', '{id}', '{id}', '{at}'")
}

#[tokio::test]
async fn a_transaction_that_is_held_open_is_counted_when_it_has_ended() {
    let desk = Desk::with(1, 100).await;
    let sent = values("2026-03-01 10:00Z");
    desk.message(0, 1, COLUMNS, &sent).await;
    desk.roll_up(0).await;
    let mut held = desk
        .world
        .admin_of(Tier::Content)
        .begin()
        .await
        .expect("a transaction");
    let late =
        "UPDATE email_messages SET opened = '2026-03-02 10:00Z', replied = '2026-03-05 10:00Z'";
    sqlx::query(AssertSqlSafe(late))
        .execute(&mut *held)
        .await
        .expect("an update");
    // Later ones end before it.
    desk.message(0, 2, COLUMNS, &values("2026-03-03 10:00Z"))
        .await;
    let rolled = desk
        .analytics
        .rollup(desk.tenant(0))
        .await
        .expect("numbers");
    assert!(!rolled.is_complete, "{rolled:?}");
    let (is_complete, sum) = state(&desk).await;
    assert_eq!(
        (is_complete, sum),
        (false, 1),
        "the later one waits for the earlier"
    );
    // A count from the start takes what has not its turn out of what it sees.
    let anew = desk
        .analytics
        .recount(desk.tenant(0))
        .await
        .expect("numbers");
    assert!(!anew.is_complete, "{anew:?}");
    assert_eq!(state(&desk).await, (false, 1));
    held.commit().await.expect("an end");
    roll_up(&desk.analytics, desk.tenant(0)).await;
    desk.assert_exact(0, "UTC").await;
    assert_eq!(state(&desk).await, (true, 4));
}

/// Whether all is counted, and the sum of the numbers of all mailboxes.
async fn state(desk: &Desk) -> (bool, i64) {
    let complete = desk
        .one(Tier::Analytics, "SELECT is_complete FROM rollups")
        .await;
    let sum =
        "SELECT coalesce(sum(sent + opened_tracked + replied), 0)::bigint FROM mailbox_analytics";
    (complete, desk.one(Tier::Analytics, sum).await)
}

#[tokio::test]
async fn what_a_period_used_has_what_is_not_counted_yet() {
    let desk = Desk::with(1, 100).await;
    let period = analytics::Period {
        start: "2026-03-01T00:00:00Z".parse().expect("a moment"),
        end: "2026-03-04T00:00:00Z".parse().expect("a moment"),
    };
    let used = async || {
        let identity = Identity::Job {
            tenant: desk.tenant(0),
        };
        let context = desk.database.context(identity, Access::Read);
        let sent = analytics::emails_sent(&context, vec![period.clone()]).await;
        context.finish(false).await.expect("an end");
        sent.expect("a number")[0]
    };
    assert_eq!(used().await, 0);
    desk.message(0, 1, COLUMNS, &values("2026-03-01 10:00Z"))
        .await;
    assert_eq!(used().await, 1, "never counted");
    desk.roll_up(0).await;
    assert_eq!(used().await, 1, "counted");
    desk.message(0, 2, COLUMNS, &values("2026-03-03 23:59Z"))
        .await;
    desk.message(0, 3, COLUMNS, &values("2026-03-04 00:00Z"))
        .await;
    assert_eq!(
        used().await,
        2,
        "one is newer than what is counted, one is of the next period"
    );
    desk.run(
        Tier::Content,
        "UPDATE email_messages SET sent = NULL WHERE sent = '2026-03-01 10:00Z'",
    )
    .await;
    assert_eq!(used().await, 1, "what was taken back");
    desk.roll_up(0).await;
    assert_eq!(used().await, 1);
}
