//! Steps that are a condition: whoever it does not hold for gets no more.

use migrations::Tier;
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};
use crate::serving::PATIENCE;

/// After the first step a day, and the condition.
const STEPS: &str = "UPDATE campaign_sequence_steps SET step_order = 4 WHERE step_order = 2
        AND campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign');
    INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours, condition_type, condition_value)
        SELECT tenant_id, id, place, kind, hours, looks_at, which FROM campaigns, (VALUES
            (2, 'wait', 24, NULL, NULL), (3, 'condition', NULL, '{condition}', {value})) AS step (place, kind, hours, looks_at, which)
        WHERE name = 'the campaign'";

/// Of two leads, one of which did it with the first message, these get the second.
async fn get_the_second(condition: &str, value: &str, did: &str) -> [usize; 2] {
    let campaign = Campaign::new(2, &["One", "Two"]).await;
    let steps = STEPS.replace("{condition}", condition);
    let steps = steps.replace("{value}", value);
    campaign.change(Tier::Oltp, &steps).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    let waiting = "count(*) = 2 FROM campaign_leads WHERE due > now() + interval '23 hours'";
    campaign.until(Tier::Oltp, waiting, PATIENCE).await;
    let happened =
        format!("UPDATE email_messages SET {did} = now() WHERE to_email = 'lead1@leads.test'");
    campaign.change(Tier::Content, &happened).await;
    let over = "UPDATE campaign_leads SET due = now()";
    campaign.change(Tier::Oltp, over).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    [1, 2].map(|lead| server.accepted_by(&format!("lead{lead}@leads.test")) - 1)
}

/// Whoever answers is stopped at once; one that holds for who did is for who is made active again.
#[tokio::test(flavor = "multi_thread")]
async fn each_condition_holds_for_whom_it_says() {
    for (condition, value, did) in [
        ("opened", "NULL", "opened"),
        ("opened", "'any_email'", "clicked"),
        ("clicked", "'previous_email'", "clicked"),
        ("replied", "'any_email'", "replied"),
    ] {
        let place = format!("{condition} {value} {did}");
        let found = get_the_second(condition, value, did).await;
        assert_eq!(found, [1, 0], "{place}");
        let found = get_the_second(&format!("not_{condition}"), value, did).await;
        assert_eq!(found, [0, 1], "not {place}");
    }
}
