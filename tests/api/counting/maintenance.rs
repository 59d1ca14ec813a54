//! What is old goes, and the numbers stay.

use analytics::{Analytics, Options};
use migrations::Tier;
use uuid::Uuid;

use super::desk::Desk;

const COLUMNS: &str = "email_account_id, lead_id, sent";

#[tokio::test]
async fn events_that_were_counted_long_ago_go_and_no_others() {
    let desk = Desk::with(1, 100).await;
    let key = Uuid::from_u128(7);
    let values = format!("'{key}', '{key}', now()");
    desk.roll_up(0).await;
    desk.message(0, 1, COLUMNS, &values).await;
    desk.message(0, 2, COLUMNS, &values).await;
    desk.roll_up(0).await;
    desk.message(0, 3, COLUMNS, &values).await;
    let events = "SELECT count(*) FROM message_events";
    let old = "UPDATE message_events SET created = now() - interval '8 days' WHERE id <> (SELECT min(id) FROM message_events)";
    desk.run(Tier::Content, old).await;
    let removed = desk
        .analytics
        .maintain(desk.tenant(0))
        .await
        .expect("maintenance");
    assert_eq!(
        removed.events, 1,
        "not the young one, nor the one that is not counted"
    );
    assert_eq!(desk.one::<i64>(Tier::Content, events).await, 2);
    desk.roll_up(0).await;
    desk.assert_exact(0, "UTC").await;
}

#[tokio::test]
async fn months_of_leads_are_partitions_that_go_as_a_whole() {
    let desk = Desk::with(1, 100).await;
    let key = Uuid::from_u128(7);
    desk.roll_up(0).await;
    for (number, at) in (1..).zip([
        "now()",
        "now() - interval '3 years'",
        "now() - interval '4 years'",
    ]) {
        desk.message(0, number, COLUMNS, &format!("'{key}', '{key}', {at}"))
            .await;
    }
    desk.roll_up(0).await;
    desk.assert_exact(0, "UTC").await;
    let apart = "SELECT count(DISTINCT tableoid) FROM lead_analytics";
    assert_eq!(desk.one::<i64>(Tier::Analytics, apart).await, 3);
    let rest = "SELECT count(*) FROM lead_analytics_rest";
    assert_eq!(desk.one::<i64>(Tier::Analytics, rest).await, 0);
    let few = Options {
        batch: 100,
        months: 25,
    };
    let few = Analytics::new(desk.database.clone(), few);
    assert_eq!(
        few.maintain(desk.tenant(0))
            .await
            .expect("maintenance")
            .months,
        2
    );
    let kept = "SELECT count(*) FROM lead_analytics";
    assert_eq!(desk.one::<i64>(Tier::Analytics, kept).await, 1);
    few.recount(desk.tenant(0)).await.expect("numbers");
    assert_eq!(
        desk.one::<i64>(Tier::Analytics, kept).await,
        1,
        "what is not kept does not come back"
    );
    let mailboxes = "SELECT sum(sent)::bigint FROM mailbox_analytics";
    assert_eq!(desk.one::<i64>(Tier::Analytics, mailboxes).await, 3);
}
