//! A campaign of one message to each of many leads.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;
use uuid::Uuid;

use crate::{
    Result,
    database::{Place, run},
    peer::Peer,
    subject::Subject,
};

/// How long a campaign may take.
const PATIENCE: Duration = Duration::from_secs(600);

const START: &str = "mutation ($id: ID!) { startCampaign(input: {id: $id}) { campaign { id } } }";

/// Messages a second, from the mutation that starts it to the last one that was sent.
pub(super) async fn send(
    peer: &Peer,
    place: &Place,
    subject: &Subject,
    letters: u32,
) -> Result<f64> {
    let campaign = arrange(place, subject, letters).await?;
    let begun = Instant::now();
    let start = json!({ "query": START, "variables": { "id": campaign } });
    let answer = peer.ask(&subject.token, &start).await?;
    if answer["errors"].is_array() {
        return Err(format!("the campaign does not start: {answer}").into());
    }
    let mut content = place.content().connect().await?;
    while begun.elapsed() < PATIENCE {
        let (sent, open): (i64, i64) = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE status = 'sent'), count(*) FILTER (WHERE status IN ('queued', 'sending'))
             FROM email_messages WHERE tenant_id = $1 AND campaign_id = $2",
        )
        .bind(subject.tenant)
        .bind(campaign)
        .fetch_one(&mut content)
        .await?;
        if sent == i64::from(letters) {
            return Ok(f64::from(letters) / begun.elapsed().as_secs_f64());
        }
        if sent > 0 && open == 0 && begun.elapsed() > Duration::from_secs(60) {
            return Err(format!("only {sent} messages were sent").into());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err("the campaign took too long".into())
}

/// A campaign with one email step from an account without a limit, to as many leads as there are to be messages.
async fn arrange(place: &Place, subject: &Subject, letters: u32) -> Result<Uuid> {
    let mut oltp = place.connect().await?;
    let (tenant, campaign) = (subject.tenant, Uuid::now_v7());
    let template = "Hi {{ lead.first_name|default(''there'') }},\n\nI will keep this short.\n\n{{ unsubscribe_url }}\n";
    run(
        &mut oltp,
        format!(
            "UPDATE email_accounts SET daily_limit = 10000, daily_count = 0, daily_count_day = NULL, status = 'active' WHERE tenant_id = '{tenant}';
            INSERT INTO campaigns (id, tenant_id, name) VALUES ('{campaign}', '{tenant}', 'A campaign of the benchmark');
            WITH template AS (INSERT INTO templates (tenant_id, name, subject, content) VALUES ('{tenant}', 'Benchmark', 'Worth fifteen minutes?', '{template}') RETURNING id)
            INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, email_account_id, template_id)
                SELECT '{tenant}', '{campaign}', 1, 'email', (SELECT id FROM email_accounts WHERE tenant_id = '{tenant}' ORDER BY id LIMIT 1), id FROM template;
            INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id)
                SELECT tenant_id, '{campaign}', id FROM leads WHERE tenant_id = '{tenant}' AND status = 'active' ORDER BY id LIMIT {letters}"
        ),
    )
    .await?;
    Ok(campaign)
}
