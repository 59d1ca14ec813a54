//! Pages that cross the databases, and numbers about messages.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Result, database::Place, peer::Peer, statistics::median, subject::Subject};

/// Twenty campaigns with how many messages each has, by status.
const PAGE: &str = "{ campaigns(first: 20) { nodes { name status messages { totalCount groups(by: [STATUS]) { key { status } aggregates { count } } } } } }";

/// What became of a campaign's messages, day by day.
const NUMBERS: &str = "query ($id: ID!) { campaign(id: $id) { messages { totalCount groups(by: [STATUS, CREATED_DAY]) { key { status created { day } } aggregates { count } } } } }";

/// Pages that are measured.
const PAGES: usize = 60;
/// Clients that ask for numbers at once, and for how long.
const CLIENTS: usize = 8;
const TIME: Duration = Duration::from_secs(10);

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    pub(super) cross_tier_ms: f64,
    pub(super) cross_tier_p99_ms: f64,
    pub(super) operations_per_hour: f64,
}

pub(super) async fn measure(peer: &Peer, tenants: &[Subject]) -> Result<Measured> {
    let mut pages = Vec::with_capacity(PAGES);
    for number in 0..PAGES {
        let subject = &tenants[number % tenants.len()];
        let begun = Instant::now();
        whole(peer.ask(&subject.token, &json!({ "query": PAGE })).await?)?;
        pages.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    pages.sort_unstable_by(f64::total_cmp);
    let begun = Instant::now();
    let clients = (0..CLIENTS).map(|client| ask_on(peer, tenants, client, begun));
    let asked: usize = try_join_all(clients).await?.into_iter().sum();
    Ok(Measured {
        cross_tier_ms: median(pages.iter().copied()),
        cross_tier_p99_ms: pages[((pages.len() - 1) as f64 * 0.99) as usize],
        operations_per_hour: asked as f64 / begun.elapsed().as_secs_f64() * 3600.0,
    })
}

async fn ask_on(peer: &Peer, tenants: &[Subject], client: usize, begun: Instant) -> Result<usize> {
    let mut asked = 0;
    while begun.elapsed() < TIME {
        let subject = &tenants[(client + asked) % tenants.len()];
        let campaign = &subject.campaigns[(client * 7 + asked) % subject.campaigns.len()];
        let question = json!({ "query": NUMBERS, "variables": { "id": campaign } });
        whole(peer.ask(&subject.token, &question).await?)?;
        asked += 1;
    }
    Ok(asked)
}

fn whole(answer: Value) -> Result<Value> {
    if answer["errors"].is_array() {
        return Err(format!("no whole answer: {answer}").into());
    }
    Ok(answer)
}

/// How many messages there are.
pub(super) async fn messages(place: &Place) -> Result<i64> {
    let mut content = place.content().connect().await?;
    Ok(sqlx::query_scalar("SELECT count(*) FROM email_messages")
        .fetch_one(&mut content)
        .await?)
}
