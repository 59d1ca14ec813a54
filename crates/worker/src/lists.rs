//! Redis: a list of due jobs for each queue, the most urgent first, at which the workers of all processes wait.
//!
//! It is small, a few jobs for each worker that can take one, so that what is put into it is still in the order and in
//! the turns in which PostgreSQL hands out jobs. Each job in it is marked in its row; a mark that is older than some
//! seconds is taken off, because Redis may have lost it.

use std::time::{Duration, Instant};

use redis::{
    AsyncCommands, Client, RedisError,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use crate::room::Room;

/// How long Redis may take to answer what needs no waiting.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long nobody asks it after it did not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// The list that wakes a worker for what is no job yet.
const WAKE: &str = "gateway:jobs:wake";

/// The lists. A connection for those who wait, because a command that waits holds all behind it up, and one for the rest.
pub(crate) struct Lists {
    client: Client,
    asking: Mutex<Connection>,
    waiting: Mutex<Connection>,
}

#[derive(Default)]
struct Connection {
    made: Option<ConnectionManager>,
    away_since: Option<Instant>,
}

/// What was heard at the lists.
pub(crate) enum Heard {
    /// A job is due.
    Job(Uuid),
    /// There may be something to do.
    Something,
    /// Nothing, for as long as was waited.
    Nothing,
}

impl Lists {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// When `url` is none.
    pub(crate) fn new(url: &SecretString) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(url.expose_secret())?,
            asking: Mutex::default(),
            waiting: Mutex::default(),
        })
    }

    /// Takes as many jobs as there is room for out of the lists of `queues`, the first first; `None` while Redis is away.
    pub(crate) async fn take(&self, queues: &[String], mut room: Room) -> Option<Vec<Uuid>> {
        let mut asking = self.asking.lock().await;
        let mut taken = Vec::new();
        for (place, queue) in queues.iter().enumerate() {
            let left = isize::try_from(room.of(place)).unwrap_or(isize::MAX);
            if left == 0 {
                break;
            }
            let connection = asking.get(&self.client)?;
            let found = timeout(PATIENCE, connection.zpopmin(key(queue), left)).await;
            let found: Vec<(String, f64)> = asking.settle(found)?;
            room = room.without(place, found.len());
            taken.extend(found.iter().filter_map(|(id, _)| id.parse::<Uuid>().ok()));
        }
        Some(taken)
    }

    /// Puts due jobs, with their priorities, into a queue's list; false while Redis is away.
    pub(crate) async fn put(&self, queue: &str, jobs: &[(i32, Uuid)]) -> bool {
        let mut asking = self.asking.lock().await;
        let Some(connection) = asking.get(&self.client) else {
            return false;
        };
        let members: Vec<(i32, String)> = jobs
            .iter()
            .map(|(priority, id)| (*priority, id.to_string()))
            .collect();
        let put = timeout(PATIENCE, connection.zadd_multiple(key(queue), &members)).await;
        asking.settle::<()>(put).is_some()
    }

    /// Wakes a worker of any process; nothing is lost if it can not be.
    pub(crate) async fn wake(&self) {
        let mut asking = self.asking.lock().await;
        if let Some(connection) = asking.get(&self.client) {
            let woken = timeout(PATIENCE, connection.zadd(WAKE, "a worker", 0)).await;
            let _: Option<()> = asking.settle(woken);
        }
    }

    /// Waits at the lists of `queues`; `None` while Redis is away.
    pub(crate) async fn wait(&self, queues: &[String], at_most: Duration) -> Option<Heard> {
        let mut waiting = self.waiting.lock().await;
        let connection = waiting.get(&self.client)?;
        let mut keys: Vec<String> = queues.iter().map(|queue| key(queue)).collect();
        keys.push(WAKE.to_owned());
        let heard = connection.bzpopmin(keys, at_most.as_secs_f64());
        let heard = timeout(at_most + PATIENCE, heard).await;
        let heard: Option<(String, String, f64)> = waiting.settle(heard)?;
        Some(match heard {
            None => Heard::Nothing,
            Some((list, member, _)) => match member.parse() {
                Ok(id) if list != WAKE => Heard::Job(id),
                _ => Heard::Something,
            },
        })
    }
}

impl Connection {
    /// The connection, unless Redis was away a moment ago.
    fn get(&mut self, client: &Client) -> Option<&mut ConnectionManager> {
        if self.away_since.is_some_and(|since| since.elapsed() < PAUSE) {
            return None;
        }
        if self.made.is_none() {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(0)
                .set_response_timeout(None);
            match ConnectionManager::new_lazy_with_config(client.clone(), config) {
                Ok(made) => self.made = Some(made),
                Err(error) => return self.is_away(&error.to_string()),
            }
        }
        self.made.as_mut()
    }

    fn settle<T>(
        &mut self,
        answer: Result<Result<T, RedisError>, tokio::time::error::Elapsed>,
    ) -> Option<T> {
        match answer {
            Ok(Ok(value)) => {
                if self.away_since.take().is_some() {
                    tracing::info!("Redis answers again; jobs are handed out by it");
                }
                Some(value)
            }
            Ok(Err(error)) => self.is_away(&error.to_string()),
            Err(_) => self.is_away("no answer in time"),
        }
    }

    /// Logged once, however often it is met. What was under way on the connection is given up with it.
    fn is_away<T>(&mut self, error: &str) -> Option<T> {
        if self.away_since.replace(Instant::now()).is_none() {
            tracing::warn!(error, "Redis is away; jobs are looked for in PostgreSQL");
        }
        self.made = None;
        None
    }
}

fn key(queue: &str) -> String {
    format!("gateway:jobs:{queue}")
}
