//! A wire to the database that is listened to: a Unix socket in front of the server's own.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::sleep,
};

use crate::cluster;

/// PostgreSQL's number for a client that asks for TLS, which no Unix socket gives.
const TLS_REQUEST: u32 = 80_877_103;

/// Hands everything on between a gateway and the server of the tests, and notes what passes.
pub struct Wire {
    heard: Arc<Heard>,
    hold: watch::Sender<bool>,
    folder: TempDir,
}

#[derive(Default)]
struct Heard {
    connections: AtomicUsize,
    exchanges: Mutex<Vec<Exchange>>,
    notices: Mutex<Vec<String>>,
    /// Those that are in a transaction, or wait for an answer.
    busy: Mutex<HashMap<usize, Busy>>,
    /// Milliseconds that an answer is on its way.
    delay: AtomicU64,
}

/// A connection that is in use.
#[derive(Default)]
struct Busy {
    /// As of an [`Exchange`].
    outstanding: usize,
}

/// What the gateway sent in one go, and whether the server has answered all of it
/// (`ReadyForQuery`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The messages' letters; with their SQL those that carry some.
    pub sent: Vec<String>,
    /// Whether the answer is complete.
    pub answered: bool,
    /// Answers that are to come: one for each simple query and each `Sync`.
    outstanding: usize,
}

impl Wire {
    /// A wire to the server of the tests.
    pub async fn to_cluster() -> Self {
        let server = cluster().await.server.socket_dir().join(".s.PGSQL.5432");
        let folder = tempfile::Builder::new()
            .prefix("gww")
            .tempdir()
            .expect("a temporary folder");
        let listener =
            UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("a Unix socket");
        let heard = Arc::<Heard>::default();
        let (hold, held) = watch::channel(false);
        let noted = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = noted.connections.fetch_add(1, Ordering::SeqCst);
                let server = UnixStream::connect(&server)
                    .await
                    .expect("the server listens");
                pass(number, client, server, &noted, &held);
            }
        });
        Self {
            heard,
            hold,
            folder,
        }
    }

    /// The URL of a database over this wire.
    pub fn url(&self, role: &str, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&port=5432&user={role}",
            self.folder.path().display()
        )
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.heard.connections.load(Ordering::SeqCst)
    }

    /// What passed since the last call, in its order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        std::mem::take(&mut open(&self.heard.exchanges))
    }

    /// What passed, without forgetting it.
    pub fn so_far(&self) -> Vec<Exchange> {
        open(&self.heard.exchanges).clone()
    }

    /// Returns when all transactions have ended, and forgets what was sent. At once if nothing was.
    pub async fn quiet(&self) {
        let ended = |last: &Exchange| {
            let is_end = last.sent.last().is_some_and(|sent| sent == "Q ROLLBACK");
            last.answered && (is_end || last.sent == ["Q COMMIT"])
        };
        let is_busy = || !open(&self.heard.busy).is_empty();
        while is_busy() || !self.so_far().last().is_none_or(ended) {
            tokio::task::yield_now().await;
        }
        self.exchanges();
    }

    /// The notices that the server sent since the last call.
    pub fn notices(&self) -> Vec<String> {
        std::mem::take(&mut open(&self.heard.notices))
    }

    /// How long each answer is on its way from now on: who sends without waiting for it has sent by then.
    pub fn delay_answers(&self, delay: Duration) {
        let millis = delay.as_millis().try_into().expect("a short delay");
        self.heard.delay.store(millis, Ordering::SeqCst);
    }

    /// While true, a ROLLBACK does not reach the server.
    pub fn hold_rollbacks(&self, hold: bool) {
        self.hold.send_replace(hold);
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn pass(
    number: usize,
    client: UnixStream,
    server: UnixStream,
    heard: &Arc<Heard>,
    held: &watch::Receiver<bool>,
) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let refusals = Arc::new(AtomicUsize::new(0));
    let (heard_back, refusals_back) = (Arc::clone(heard), Arc::clone(&refusals));
    let (heard, held) = (Arc::clone(heard), held.clone());
    tokio::spawn(async move {
        forth(number, from_client, to_server, &heard, refusals, held).await;
        open(&heard.busy).remove(&number);
    });
    tokio::spawn(back(
        number,
        from_server,
        to_client,
        heard_back,
        refusals_back,
    ));
}

/// From the gateway to the server. A message is noted before the server sees it.
async fn forth(
    number: usize,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    heard: &Heard,
    refusals: Arc<AtomicUsize>,
    mut held: watch::Receiver<bool>,
) {
    let (mut pending, mut started) = (Vec::new(), false);
    while let Some(chunk) = read(&mut from, &mut pending).await {
        while !started {
            let Some(startup) = take(&mut pending, 0) else {
                break;
            };
            match u32::from_be_bytes([startup[4], startup[5], startup[6], startup[7]]) {
                TLS_REQUEST => drop(refusals.fetch_add(1, Ordering::SeqCst)),
                _ => started = true,
            }
        }
        let mut rollback = false;
        while let Some(message) = started.then(|| take(&mut pending, 1)).flatten() {
            let text = describe(&message);
            rollback |= text == "Q ROLLBACK";
            note_sent(heard, number, text);
        }
        if rollback && held.wait_for(|hold| !hold).await.is_err() {
            return;
        }
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

/// From the server to the gateway. An answer is noted before the gateway sees it.
async fn back(
    number: usize,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    heard: Arc<Heard>,
    refusals: Arc<AtomicUsize>,
) {
    let mut pending = Vec::new();
    while let Some(chunk) = read(&mut from, &mut pending).await {
        let delay = heard.delay.load(Ordering::SeqCst);
        if delay > 0 {
            sleep(Duration::from_millis(delay)).await;
        }
        // One byte, which is no message, refuses TLS.
        let refused = refusals.swap(0, Ordering::SeqCst).min(pending.len());
        pending.drain(..refused);
        while let Some(message) = take(&mut pending, 1) {
            match message[0] {
                b'Z' => note_answered(&heard, number, message[5] == b'I'),
                b'N' => open(&heard.notices).push(notice(&message[5..])),
                _ => {}
            }
        }
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

async fn read(from: &mut OwnedReadHalf, pending: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut chunk = vec![0; 64 * 1024];
    let length = from
        .read(&mut chunk)
        .await
        .ok()
        .filter(|length| *length > 0)?;
    chunk.truncate(length);
    pending.extend_from_slice(&chunk);
    Some(chunk)
}

/// The first message of `pending`, if it is whole: a letter unless it is the first of all, and a length that
/// counts itself.
fn take(pending: &mut Vec<u8>, letter: usize) -> Option<Vec<u8>> {
    let length: [u8; 4] = pending.get(letter..letter + 4)?.try_into().ok()?;
    let whole = letter + u32::from_be_bytes(length) as usize;
    (pending.len() >= whole).then(|| pending.drain(..whole).collect())
}

fn describe(message: &[u8]) -> String {
    let texts: Vec<String> = message[5..]
        .split(|byte| *byte == 0)
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect();
    match (message[0], texts.as_slice()) {
        (b'Q', [sql, ..]) => format!("Q {sql}"),
        (b'P', [_name, sql, ..]) => format!("P {sql}"),
        (letter, _) => char::from(letter).to_string(),
    }
}

/// The message of a notice: fields of a letter and a text, each ended by a zero.
fn notice(fields: &[u8]) -> String {
    let message = fields
        .split(|byte| *byte == 0)
        .find_map(|field| field.strip_prefix(b"M"));
    String::from_utf8_lossy(message.unwrap_or_default()).into_owned()
}

fn note_sent(heard: &Heard, number: usize, message: String) {
    let outstanding = usize::from(message == "S" || message.starts_with("Q "));
    let mut busy = open(&heard.busy);
    busy.entry(number).or_default().outstanding += outstanding;
    let mut exchanges = open(&heard.exchanges);
    match exchanges.last_mut() {
        Some(current) if !current.answered => {
            current.sent.push(message);
            current.outstanding += outstanding;
        }
        _ => exchanges.push(Exchange {
            sent: vec![message],
            answered: false,
            outstanding,
        }),
    }
}

/// The server is ready for more, perhaps in no transaction.
fn note_answered(heard: &Heard, number: usize, is_idle: bool) {
    let mut busy = open(&heard.busy);
    if let Some(of) = busy.get_mut(&number) {
        of.outstanding = of.outstanding.saturating_sub(1);
        if is_idle && of.outstanding == 0 {
            busy.remove(&number);
        }
    }
    if let Some(current) = open(&heard.exchanges).last_mut() {
        current.outstanding = current.outstanding.saturating_sub(1);
        current.answered = current.outstanding == 0;
    }
}
