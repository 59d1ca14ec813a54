//! Budgets that all processes count together, in Redis.
//!
//! One script and one exchange a request: the generic cell rate algorithm on Redis' own clock, as the process
//! counts by itself. While Redis is away, or slow, each process counts for itself, so a tenant may ask as many times
//! its budget as there are processes; nobody is refused for want of it.

use std::{
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use entity::id::TenantId;
use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

/// How long a request waits for Redis, which answers in the tenth part of a millisecond.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long nobody tries after it did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers with the microseconds until there is budget again; 0 if the request is within it. The key is the moment
/// up to which the budget is spent; it is gone once nothing is.
const SPEND: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local minute = 60000000
local spent = tonumber(redis.call('GET', KEYS[1]) or now)
local after = math.max(spent, now) + minute / tonumber(ARGV[1])
local wait = math.ceil(after - minute - now)
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return 0
";

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(SPEND));

/// One core's connection to Redis, made when the first request needs it.
pub(crate) struct Redis {
    client: Client,
    /// Made on the core's own runtime, which drives it.
    connection: OnceLock<ConnectionManager>,
    started: Instant,
    /// Milliseconds since `started` up to which nobody tries; 0 while Redis answers.
    pause: AtomicU64,
}

impl Redis {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// When `url` is none.
    pub(crate) fn new(url: &SecretString) -> Result<Self, RedisError> {
        Ok(Self {
            client: Client::open(url.expose_secret())?,
            connection: OnceLock::new(),
            started: Instant::now(),
            pause: AtomicU64::new(0),
        })
    }

    /// Takes one request off a tenant's budget, or says how long it takes until there is something again; `None`
    /// while Redis is away.
    pub(super) async fn spend(
        &self,
        tenant: TenantId,
        allowed: u32,
    ) -> Option<Result<(), Duration>> {
        // Nothing is nothing, whoever counts.
        if allowed == 0 || !self.may_try() {
            return None;
        }
        let answered = timeout(PATIENCE, self.ask(tenant, allowed)).await;
        match answered.map_err(|_| None) {
            Ok(Ok(wait)) => {
                self.is_back();
                Some(match wait {
                    0 => Ok(()),
                    wait => Err(Duration::from_micros(wait)),
                })
            }
            Ok(Err(error)) => self.is_away(Some(&error)),
            Err(late) => self.is_away(late),
        }
    }

    async fn ask(&self, tenant: TenantId, allowed: u32) -> Result<u64, RedisError> {
        let mut connection = match self.connection.get() {
            Some(connection) => connection.clone(),
            None => self.connect()?,
        };
        let key = format!("gateway:budget:{}", uuid::Uuid::from(tenant));
        let mut spend = SCRIPT.key(key);
        spend.arg(allowed);
        spend.invoke_async(&mut connection).await
    }

    fn connect(&self) -> Result<ConnectionManager, RedisError> {
        // It is tried again by the next request after a pause.
        let config = ConnectionManagerConfig::new().set_number_of_retries(0);
        let made = ConnectionManager::new_lazy_with_config(self.client.clone(), config)?;
        Ok(self.connection.get_or_init(|| made).clone())
    }

    /// Of those who come after a pause one tries, the others do not wait for what it meets.
    fn may_try(&self) -> bool {
        let until = self.pause.load(Ordering::Relaxed);
        if until == 0 {
            return true;
        }
        let now = self.now();
        let next = now + PAUSE.as_millis() as u64;
        now >= until
            && self
                .pause
                .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    fn is_back(&self) {
        if self.pause.load(Ordering::Relaxed) != 0 && self.pause.swap(0, Ordering::Relaxed) != 0 {
            tracing::info!("Redis answers again; requests are counted there");
        }
    }

    /// Logged once, however many requests meet it.
    fn is_away(&self, error: Option<&RedisError>) -> Option<Result<(), Duration>> {
        let until = self.now() + PAUSE.as_millis() as u64;
        if self.pause.swap(until, Ordering::Relaxed) == 0 {
            let error = error.map_or_else(|| "no answer in time".to_owned(), ToString::to_string);
            tracing::warn!(
                error,
                "Redis is away; this process counts requests by itself"
            );
        }
        None
    }

    /// At least 1, because 0 is no pause.
    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).map_or(u64::MAX, |now| now.max(1))
    }
}
