//! The identity provider's keys, as they are now: of a file, or of a URL that is asked again.

use std::{
    net::IpAddr,
    path::PathBuf,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::Utc;
use futures::StreamExt;
use reqwest::{Client, redirect};
use tokio::{sync::Mutex, time::Instant};
use url::{Host, Url};

use super::{
    keys::{KeySet, KeySetError},
    settings::TrustError,
};

/// At most so often is the provider asked because of a token whose key is not known: whoever makes up names of keys
/// would have the gateway ask for each.
const COOL_DOWN: Duration = Duration::from_secs(10);
/// How long the provider may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// More bytes are no key set.
const LARGEST: usize = 1 << 20;

/// Where public keys come from.
pub(super) struct Provider {
    keys: RwLock<Arc<KeySet>>,
    /// Counts the sets of keys: what was verified with an earlier one may not be valid any more.
    generation: AtomicU64,
    source: Option<Source>,
}

struct Source {
    url: Url,
    client: Client,
    max_age: Duration,
    /// The second, of Unix time, from which on the keys are asked for again.
    due: AtomicI64,
    /// Keys came at least once.
    reached: AtomicBool,
    /// When the provider was last asked. Held while it is, so that one asks for all.
    asked: Mutex<Option<Instant>>,
}

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    #[error("the answer can not be used: {0}")]
    Keys(#[from] KeySetError),
}

impl Provider {
    /// The keys of a file, read once.
    ///
    /// # Errors
    /// [`TrustError::File`], [`TrustError::Keys`].
    pub(super) fn of_file(path: PathBuf) -> Result<Self, TrustError> {
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(cause) => return Err(TrustError::File { path, cause }),
        };
        let keys = KeySet::parse(&text).map_err(|cause| TrustError::Keys { path, cause })?;
        Ok(Self::with(keys, None))
    }

    /// The keys of a URL, asked for when the first token comes.
    ///
    /// # Errors
    /// [`TrustError::Url`], [`TrustError::Client`].
    pub(super) fn of_url(text: &str, max_age: Duration) -> Result<Self, TrustError> {
        let url = Url::parse(text)
            .ok()
            .filter(is_confidential)
            .ok_or_else(|| TrustError::Url(text.to_owned()))?;
        let client = Client::builder()
            .timeout(ANSWER)
            .redirect(redirect::Policy::none())
            // Asked a few times an hour; and a connection belongs to the runtime that opened it.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(TrustError::Client)?;
        let source = Source {
            url,
            client,
            max_age,
            due: AtomicI64::new(i64::MAX),
            reached: AtomicBool::new(false),
            asked: Mutex::default(),
        };
        Ok(Self::with(KeySet::default(), Some(source)))
    }

    fn with(keys: KeySet, source: Option<Source>) -> Self {
        Self {
            keys: RwLock::new(Arc::new(keys)),
            generation: AtomicU64::new(0),
            source,
        }
    }

    /// The keys as they are known.
    pub(super) fn keys(&self) -> Arc<KeySet> {
        let keys = self.keys.read();
        // A set is replaced whole, so it is whole whatever panicked.
        Arc::clone(&keys.unwrap_or_else(PoisonError::into_inner))
    }

    /// Which set of keys that is.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Whether there were keys at any time.
    pub(super) fn has_answered(&self) -> bool {
        let source = self.source.as_ref();
        source.is_none_or(|source| source.reached.load(Ordering::Relaxed))
    }

    /// Asks for the keys again in the background, if they are old. The old ones stay while there are no others, so
    /// a provider that is away shuts nobody out who holds a token.
    pub(super) fn refresh_if_old(self: &Arc<Self>, now: i64) {
        let Some(source) = &self.source else { return };
        let due = source.due.load(Ordering::Relaxed);
        if now < due {
            return;
        }
        let retry = now.saturating_add(COOL_DOWN.as_secs().cast_signed());
        // Whoever moves the time on asks.
        let moved = source
            .due
            .compare_exchange(due, retry, Ordering::Relaxed, Ordering::Relaxed);
        if moved.is_ok() {
            let provider = Arc::clone(self);
            tokio::spawn(async move { provider.refresh(provider.generation()).await });
        }
    }

    /// Asks for the keys, unless others than those of `known` came in the meantime, or the provider was just asked.
    pub(super) async fn refreshed(self: &Arc<Self>, known: u64) {
        let provider = Arc::clone(self);
        // In a task of its own: a client that goes away must not break off what others wait for.
        let task = tokio::spawn(async move { provider.refresh(known).await });
        // It ends early only with the runtime.
        let _ = task.await;
    }

    async fn refresh(&self, known: u64) {
        let Some(source) = &self.source else { return };
        let mut asked = source.asked.lock().await;
        let cooling = asked.is_some_and(|asked| asked.elapsed() < COOL_DOWN);
        if cooling || self.generation() != known {
            return;
        }
        match source.fetch().await {
            Ok(keys) => {
                source.reached.store(true, Ordering::Relaxed);
                let max_age = source.max_age.as_secs().cast_signed();
                let due = Utc::now().timestamp().saturating_add(max_age);
                source.due.store(due, Ordering::Relaxed);
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                self.generation.fetch_add(1, Ordering::Release);
            }
            Err(error) => {
                tracing::warn!(url = %source.url, error = &error as &dyn std::error::Error,
                    "the identity provider's keys can not be had; those that are known stay in use");
            }
        }
        *asked = Some(Instant::now());
    }
}

impl Source {
    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let request = self.client.get(self.url.clone());
        let answer = request.send().await?.error_for_status()?;
        let mut body = answer.bytes_stream();
        let mut text = Vec::new();
        while let Some(chunk) = body.next().await {
            text.extend_from_slice(&chunk?);
            if text.len() > LARGEST {
                return Err(FetchError::TooLarge);
            }
        }
        Ok(KeySet::parse(&text)?)
    }
}

/// Keys that anybody on the way could change are no keys.
fn is_confidential(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}
