//! Numbers that are read: through the gateway, as a dashboard reads them.

use std::time::Instant;

use futures::future::try_join_all;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    Result,
    peer::Peer,
    statistics::{median, percentile},
    subject::Subject,
};

/// Fifty campaigns with what became of their messages by now, and by day: one operation over three databases.
const PAGE: &str = r#"{ campaigns(first: 50) { nodes { name status messages { totalCount }
    analytics(from: "2026-05-01", to: "2026-05-30") {
        updated complete totals { sent opened replied } rates { open click reply bounce } series { periodStart totals { sent } }
    } } } }"#;

/// Ninety days of a campaign.
const DAYS: &str = r#"query ($id: ID!) { campaign(id: $id) { analytics(from: "2026-03-01", to: "2026-05-29", periods: 90) {
    totals { sent } series { periodStart totals { sent delivered opened clicked replied bounced } }
} } }"#;

/// Pages of all tenants.
const PAGES: usize = 30;
/// Clients that read a campaign's days at once, and how often.
const CLIENTS: usize = 8;
const READS: usize = 250;

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    /// Milliseconds of [`PAGE`]: the median, and the longest.
    pub(super) cross_tier_ms: f64,
    pub(super) cross_tier_max_ms: f64,
    /// Milliseconds of [`DAYS`] that are read by eight at once.
    pub(super) read_p50_ms: f64,
    pub(super) read_p99_ms: f64,
}

pub(super) async fn measure(peer: &Peer, tenants: &[Subject]) -> Result<Measured> {
    let mut pages = Vec::with_capacity(PAGES);
    for number in 0..PAGES {
        let subject = &tenants[number % tenants.len()];
        let begun = Instant::now();
        let page = whole(peer.ask(&subject.token, &json!({ "query": PAGE })).await?)?;
        pages.push(begun.elapsed().as_secs_f64() * 1000.0);
        let sent = &page["data"]["campaigns"]["nodes"][0]["analytics"]["totals"]["sent"];
        if sent.as_i64().is_none_or(|sent| sent == 0) {
            return Err("a campaign without numbers was measured".into());
        }
    }
    let clients = (0..CLIENTS).map(|client| read(peer, &tenants[client % tenants.len()]));
    let mut reads: Vec<u64> = try_join_all(clients).await?.into_iter().flatten().collect();
    reads.sort_unstable();
    Ok(Measured {
        cross_tier_max_ms: pages.iter().copied().fold(0.0, f64::max),
        cross_tier_ms: median(pages),
        read_p50_ms: percentile(&reads, 0.5) as f64 / 1000.0,
        read_p99_ms: percentile(&reads, 0.99) as f64 / 1000.0,
    })
}

/// Microseconds that each read took.
async fn read(peer: &Peer, subject: &Subject) -> Result<Vec<u64>> {
    let mut took = Vec::with_capacity(READS);
    for number in 0..READS {
        let campaign = &subject.campaigns[number % subject.campaigns.len()];
        let question = json!({ "query": DAYS, "variables": { "id": campaign } });
        let begun = Instant::now();
        whole(peer.ask(&subject.token, &question).await?)?;
        took.push(u64::try_from(begun.elapsed().as_micros())?);
    }
    Ok(took)
}

fn whole(answer: Value) -> Result<Value> {
    if answer["errors"].is_array() {
        return Err(format!("no whole answer: {answer}").into());
    }
    Ok(answer)
}
