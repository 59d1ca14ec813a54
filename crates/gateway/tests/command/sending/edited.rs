//! Steps that are deleted and moved while leads are on their way.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use migrations::Tier;
use serde_json::json;
use transport::sink::{Fault, Script};

use super::arranged::{Campaign, MailServer};
use crate::{
    home::Home,
    serving::{PATIENCE, Serving},
};

/// A message was tried, and waits.
const TRIED: &str = "count(*) = 1 FROM jobs WHERE job_type = 'message.send' AND status = 'queued' AND attempt_count > 0";
const STATUSES: &str = "SELECT jsonb_agg(jsonb_build_array(status, failure_reason) ORDER BY created) FROM email_messages";
const STEPS: &str = "{ campaigns(filter: {name: {eq: \"the campaign\"}}) { nodes { id \
     steps(orderBy: {field: STEP_ORDER}) { nodes { id } } } } }";

/// A gateway with a worker, and somebody who may change the campaign.
struct Editor {
    serving: Serving,
    token: String,
}

impl Editor {
    async fn start(campaign: &Campaign, home: Home) -> Self {
        let member = "INSERT INTO tenant_users (tenant_id, user_id, email, roles) SELECT t.id, u.id, u.email, '{owner}' \
             FROM tenants t, users u WHERE t.name = 'sender' AND u.email = 'owner@acme.test'";
        campaign.change(Tier::Oltp, member).await;
        let home = home.with("GATEWAY_WORKER", "true");
        let serving = home.serve(&[]).await;
        let who = ["token", "--tenant", "sender", "--user", "owner@acme.test"];
        let token = home.run(&who).await.ok().trim().to_owned();
        Self { serving, token }
    }

    /// The campaign, and its steps in their order.
    async fn steps(&self) -> (String, Vec<String>) {
        let data = self.serving.data(&self.token, STEPS).await;
        let campaign = &data["campaigns"]["nodes"][0];
        let nodes = campaign["steps"]["nodes"].as_array().expect("steps");
        let steps = nodes.iter().map(|step| step["id"].to_string()).collect();
        (campaign["id"].to_string(), steps)
    }

    async fn delete(&self, place: usize) {
        let (_, steps) = self.steps().await;
        let id = &steps[place - 1];
        let delete =
            format!("mutation {{ deleteCampaignSequenceStep(input: {{id: {id}}}) {{ id }} }}");
        self.serving.data(&self.token, &delete).await;
    }

    async fn reverse(&self) {
        let (campaign, mut steps) = self.steps().await;
        steps.reverse();
        let steps = steps.join(", ");
        let reverse = format!(
            "mutation {{ reorderCampaignSequenceSteps(input: {{campaignId: {campaign}, stepIds: [{steps}]}}) {{ campaign {{ id }} }} }}"
        );
        self.serving.data(&self.token, &reverse).await;
    }
}

/// Accepts one message, and puts all others off for as long as it says.
fn one_at_first(puts_off: &Arc<AtomicBool>) -> Script {
    let (puts_off, times) = (Arc::clone(puts_off), AtomicUsize::new(0));
    Script::new(move |_| {
        let is_first = times.fetch_add(1, Ordering::Relaxed) == 0;
        (!is_first && puts_off.load(Ordering::Relaxed)).then(Fault::defer)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_step_that_is_deleted_is_not_sent_and_its_lead_goes_on() {
    let campaign = Campaign::new(1, &["One", "Two"]).await;
    let mut server = MailServer::start(Script::default()).await;
    server.stop().await;
    campaign.start().await;
    let editor = Editor::start(&campaign, campaign.home(&server)).await;
    campaign.until(Tier::Queue, TRIED, PATIENCE).await;
    editor.delete(1).await;
    server.listen(Script::default()).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(editor.serving.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 1, "the second step");
    let gone = "its campaign, its step or its lead was deleted";
    assert_eq!(
        campaign.value(Tier::Content, STATUSES).await,
        json!([["failed", gone], ["sent", null]])
    );
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_goes_on_from_its_step_where_one_before_it_is_deleted() {
    let campaign = Campaign::new(1, &["One", "Two", "Three"]).await;
    let puts_off = Arc::new(AtomicBool::new(true));
    let server = MailServer::start(one_at_first(&puts_off)).await;
    campaign.start().await;
    let editor = Editor::start(&campaign, campaign.home(&server)).await;
    campaign.until(Tier::Queue, TRIED, PATIENCE).await;
    editor.delete(1).await;
    puts_off.store(false, Ordering::Relaxed);
    campaign.hurry_to_its_end().await;
    assert_eq!(editor.serving.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 3);
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 3)].into());
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
}

/// The second is on its way when it becomes the second last of all: what is behind it now is to come, and what was sent is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_lead_goes_on_behind_its_step_wherever_that_is_put() {
    let campaign = Campaign::new(1, &["One", "Two", "Three"]).await;
    let puts_off = Arc::new(AtomicBool::new(true));
    let server = MailServer::start(one_at_first(&puts_off)).await;
    campaign.start().await;
    let editor = Editor::start(&campaign, campaign.home(&server)).await;
    campaign.until(Tier::Queue, TRIED, PATIENCE).await;
    editor.reverse().await;
    puts_off.store(false, Ordering::Relaxed);
    campaign.hurry_to_its_end().await;
    assert_eq!(editor.serving.stop("TERM").await.code, Some(0));
    assert_eq!(
        server.accepted_by("lead1@leads.test"),
        2,
        "the third is before it"
    );
    assert_eq!(campaign.leads().await, [("completed".to_owned(), 1)].into());
}

/// It waits behind the first, which goes, and then so does what it waits at.
#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_waits_gets_what_is_to_come_where_steps_are_deleted() {
    let campaign = Campaign::new(1, &["One", "Two"]).await;
    let wait = "UPDATE campaign_sequence_steps SET step_order = 3 WHERE step_order = 2
            AND campaign_id = (SELECT id FROM campaigns WHERE name = 'the campaign');
        INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours)
            SELECT tenant_id, id, 2, 'wait', 72 FROM campaigns WHERE name = 'the campaign'";
    campaign.change(Tier::Oltp, wait).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let editor = Editor::start(&campaign, campaign.home(&server)).await;
    let waits = "count(*) = 1 FROM campaign_leads WHERE due > now() + interval '71 hours'";
    campaign.until(Tier::Oltp, waits, PATIENCE).await;
    editor.delete(1).await;
    editor.delete(1).await;
    let over = "UPDATE campaign_leads SET due = now()";
    campaign.change(Tier::Oltp, over).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(editor.serving.stop("TERM").await.code, Some(0));
    assert_eq!(server.accepted_by("lead1@leads.test"), 2);
    assert_eq!(campaign.messages().await, [("sent".to_owned(), 2)].into());
}
