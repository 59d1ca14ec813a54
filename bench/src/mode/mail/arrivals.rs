//! Mail that arrives at a steady rate, and how long it takes to become a row.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use entity::id::EmailMessageId;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{interval, timeout},
};
use uuid::Uuid;

use crate::{Failure, Result, database::Place, paths::Paths, peer::Peer, subject::Subject};

/// How long a message may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// From one message to the next, so that a short run has some of each folder.
const STRIDE: usize = 97;

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    pub(super) messages: usize,
    pub(super) malformed: i64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// What the bodies of these messages lost of their size.
    pub(super) shrunk_percent: f64,
    /// Where they are from.
    source: String,
}

/// Sends `rate` messages a second for `seconds`, and waits for the row of each.
pub(super) async fn measure(
    peer: &Peer,
    paths: &Paths,
    place: &Place,
    subject: &Subject,
    rate: u32,
    seconds: u32,
) -> Result<Measured> {
    let key = api_key(peer, subject).await?;
    let corpus = paths.root.join("target/corpus");
    let letters = letters(&corpus)?;
    let pending = Arc::new(Mutex::new(HashMap::new()));
    let rows = tokio::spawn(watch(
        place.content().connect().await?,
        Arc::clone(&pending),
        (rate * seconds) as usize,
    ));
    let mut sending = JoinSet::new();
    let mut turns = interval(Duration::from_secs(1) / rate);
    for number in 0..rate * seconds {
        turns.tick().await;
        let mut letter = letters[number as usize * STRIDE % letters.len()].clone();
        // Each is another one, or it would be the same mail brought twice.
        let mark = format!("X-Benchmark: {number}-{}\r\n", Uuid::now_v7());
        letter.splice(0..0, mark.into_bytes());
        let (sent, pending) = (
            peer.post("/ingest/email", "message/rfc822", &key, letter)?,
            Arc::clone(&pending),
        );
        sending.spawn(async move {
            let answer: Value = sent.send().await?.json().await?;
            let id = answer["id"].as_str().and_then(key_of);
            let id = id.ok_or_else(|| format!("mail is not accepted: {answer}"))?;
            pending.lock().await.insert(id, Instant::now());
            Ok::<(), Failure>(())
        });
    }
    while let Some(done) = sending.join_next().await {
        done??;
    }
    let arrived = timeout(PATIENCE, rows).await;
    let arrived = arrived.map_err(|_| "not every message became a row in time")???;
    let ids: Vec<Uuid> = arrived.iter().map(|(id, _)| *id).collect();
    let mut latencies: Vec<f64> = arrived.into_iter().map(|(_, late)| late).collect();
    latencies.sort_unstable_by(f64::total_cmp);
    let (malformed, raw, compressed) = kept(place, &ids).await?;
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
    Ok(Measured {
        messages: latencies.len(),
        malformed,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        shrunk_percent: 100.0 * (1.0 - compressed as f64 / raw.max(1) as f64),
        source: "target/corpus, by `just corpus`".to_owned(),
    })
}

/// The messages whose rows are there, each with the milliseconds from its acceptance.
async fn watch(
    mut content: PgConnection,
    pending: Arc<Mutex<HashMap<Uuid, Instant>>>,
    count: usize,
) -> Result<Vec<(Uuid, f64)>> {
    let mut arrived = Vec::with_capacity(count);
    let mut looks = interval(Duration::from_millis(5));
    while arrived.len() < count {
        looks.tick().await;
        let ids: Vec<Uuid> = pending.lock().await.keys().copied().collect();
        let found: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM email_messages WHERE id = ANY ($1)")
                .bind(&ids)
                .fetch_all(&mut content)
                .await?;
        let mut pending = pending.lock().await;
        for id in found {
            if let Some(accepted) = pending.remove(&id) {
                arrived.push((id, accepted.elapsed().as_secs_f64() * 1000.0));
            }
        }
    }
    Ok(arrived)
}

/// The key inside `msg_…`.
fn key_of(id: &str) -> Option<Uuid> {
    id.parse::<EmailMessageId>().ok().map(Uuid::from)
}

async fn kept(place: &Place, ids: &[Uuid]) -> Result<(i64, i64, i64)> {
    let mut content = place.content().connect().await?;
    Ok(sqlx::query_as(
        "SELECT (SELECT count(*) FROM email_messages WHERE id = ANY ($1) AND problems <> '{}'),
            coalesce(sum(raw_size_bytes), 0)::bigint, coalesce(sum(compressed_size_bytes), 0)::bigint
         FROM email_content WHERE (tenant_id, storage_key) IN (SELECT tenant_id, content_key FROM email_messages WHERE id = ANY ($1))",
    )
    .bind(ids)
    .fetch_one(&mut content)
    .await?)
}

async fn api_key(peer: &Peer, subject: &Subject) -> Result<String> {
    let make = "mutation { createApiKey(input: {name: \"mail\", roles: [MEMBER], readOnly: false}) { secret } }";
    let answer = peer.ask(&subject.token, &json!({ "query": make })).await?;
    let secret = answer["data"]["createApiKey"]["secret"].as_str();
    secret
        .map(str::to_owned)
        .ok_or_else(|| format!("no key is made: {answer}").into())
}

/// The messages of the corpus.
fn letters(corpus: &Path) -> Result<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    collect(corpus, corpus, &mut files);
    files.sort();
    let letters: Vec<Vec<u8>> = files
        .iter()
        .filter_map(|file| fs::read(file).ok())
        .collect();
    if letters.is_empty() {
        return Err(format!(
            "there is no mail in {}: run `just corpus`",
            corpus.display()
        )
        .into());
    }
    Ok(letters)
}

/// The files in the folders of the corpus; what stands beside those is about it.
fn collect(corpus: &Path, folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(corpus, &path, files);
        } else if path.parent() != Some(corpus) {
            files.push(path);
        }
    }
}
