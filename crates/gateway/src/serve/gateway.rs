//! What every request needs, and what all cores have together.

use std::{net::IpAddr, sync::Arc, time::Duration};

use ::watch::Watcher;
use axum::http::HeaderValue;
use billing::stripe::{NoSecret, Secrets};
use entity::id::TenantId;
use ipnet::IpNet;
use mail::link::Keys;
use resolver::operation::Documents;
use tenant::{Database, DatabaseOptions, Identity, Tier};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio_rustls::TlsAcceptor;
use worker::Wake;

use super::{
    downloads::{DownloadTurn, Takers},
    tls::{Tls, TlsError},
};
use crate::{
    TierUrls,
    auth::{Door, SecurityEvents, Trust},
    budget::{Budgets, Followers, Redis, Spent},
    http::Introspections,
    links::{self, LinkKeyError},
    live::Live,
    metrics,
    report::{Report, Requests, Watched},
    settings::{Config, Introspection, Origins},
    trusted::{self, ManifestError},
    watching::{self, WatchError},
};

/// What every request needs. Each [core](super::serve()) has one, with connections of its own.
pub struct Gateway {
    database: Database,
    /// Events that may be read at the same moment: half of the connections, so that requests have the others.
    turns: Semaphore,
    /// Files of numbers that may be on their way at the same moment: a quarter of the connections.
    downloads: Arc<Semaphore>,
    /// Sockets that are open.
    sockets: watch::Sender<usize>,
    redis: Option<Redis>,
    /// What it answered.
    requests: Arc<Requests>,
    shared: Arc<Shared>,
}

/// What all cores have together.
pub(super) struct Shared {
    pub(super) report: Arc<Report>,
    takers: Takers,
    pub(super) events_interval: Duration,
    pub(super) watcher: Watcher,
    schema: resolver::Schema,
    links: Arc<Keys>,
    documents: Documents,
    introspections: Introspections,
    introspection: Introspection,
    trusted: trusted::Documents,
    pub(super) wake: Wake,
    door: Door,
    trusted_proxies: Vec<IpNet>,
    budgets: Budgets,
    followers: Followers,
    rate_limits: bool,
    max_body_bytes: usize,
    max_mail_bytes: usize,
    stripe: Option<Secrets>,
    stripe_test_events: bool,
    max_response_bytes: usize,
    max_batch: usize,
    pub(super) live: Live,
    request_timeout: Duration,
    read_timeout: Duration,
    idle_timeout: Duration,
    origins: Origins,
    pub(super) tls: Option<Tls>,
}

impl Gateway {
    /// Gateways to the databases at `urls`, which they connect to when the first request needs it: as many as
    /// `config` has cores, but no more than connections, which they share out among them.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL, that of Redis is none, the trusted documents can not be read, or there are no keys to sign links with.
    pub fn for_cores(
        urls: &TierUrls,
        trust: Trust,
        events: Arc<dyn SecurityEvents>,
        config: &Config,
    ) -> Result<Vec<Arc<Self>>, Unready> {
        let links = links::keys(config)?;
        let report = Report::new(config)?;
        let events = Arc::new(Watched {
            report: Arc::clone(&report),
            next: events,
        });
        let watcher = watching::watcher(config, urls, &report)?;
        let shared = Arc::new(Shared {
            report,
            takers: Takers::default(),
            watcher,
            events_interval: config.events_interval,
            schema: resolver::schema().with_links(Arc::clone(&links)),
            links,
            documents: Documents::new(config.document_cache_bytes, config.limits),
            introspections: Introspections::new(config.document_cache_bytes),
            introspection: config.introspection,
            trusted: trusted::Documents::read(config)?,
            wake: Wake::through(config.redis_url.as_ref()).map_err(InvalidUrl::from)?,
            door: Door::new(trust, events, config.max_auth_failures),
            trusted_proxies: config.trusted_proxies.clone(),
            budgets: Budgets::new(),
            followers: Followers::new(config.max_links_a_minute),
            rate_limits: config.rate_limits,
            max_body_bytes: config.max_body_bytes,
            max_mail_bytes: config.max_mail_bytes,
            stripe: config
                .stripe_webhook_secret
                .as_ref()
                .map(Secrets::parse)
                .transpose()?,
            stripe_test_events: config.stripe_test_events,
            max_response_bytes: config.max_response_bytes,
            max_batch: config.max_batch,
            live: Live::new(&urls.oltp, config)?,
            request_timeout: config.request_timeout,
            read_timeout: config.read_timeout,
            idle_timeout: config.idle_timeout,
            origins: config.cors_origins.clone(),
            tls: Tls::new(config)?,
        });
        let shares = shares(config.max_connections, config.cores);
        let gateways: Result<Vec<_>, Unready> = shares
            .map(|max_connections| {
                let options = DatabaseOptions {
                    max_connections,
                    acquire_timeout: config.acquire_timeout,
                    statement_timeout: config.statement_timeout,
                };
                let redis = config.redis_url.as_ref().map(Redis::new);
                Ok(Arc::new(Self {
                    database: database(urls, &options)?,
                    redis: redis.transpose().map_err(InvalidUrl::from)?,
                    requests: Arc::default(),
                    turns: Semaphore::new((max_connections / 2).max(1) as usize),
                    downloads: Arc::new(Semaphore::new((max_connections / 4).max(1) as usize)),
                    sockets: watch::Sender::new(0),
                    shared: Arc::clone(&shared),
                }))
            })
            .collect();
        let gateways = gateways?;
        measure(&gateways);
        Ok(gateways)
    }

    /// What it has together with the others.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// What clients' first bytes are given to, if they are spoken to by TLS.
    pub(super) fn tls(&self) -> Option<TlsAcceptor> {
        self.shared.tls.as_ref().map(Tls::acceptor)
    }

    /// The core's connections, used through tenant contexts only.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// What the process tells of itself.
    pub(crate) fn report(&self) -> &Arc<Report> {
        &self.shared.report
    }

    /// What the core answered.
    pub(crate) fn requests(&self) -> &Arc<Requests> {
        &self.requests
    }

    pub(crate) fn schema(&self) -> &resolver::Schema {
        &self.shared.schema
    }

    /// Leave to send a file of a tenant's numbers; none at the moment.
    pub(crate) fn download_turn(&self, tenant: TenantId) -> Option<DownloadTurn> {
        self.shared.takers.turn(tenant, &self.downloads)
    }

    /// What links are signed with.
    pub(crate) fn links(&self) -> &Keys {
        &self.shared.links
    }

    /// The documents that were seen before.
    pub(crate) fn documents(&self) -> &Documents {
        &self.shared.documents
    }

    pub(crate) fn introspections(&self) -> &Introspections {
        &self.shared.introspections
    }

    /// Who may see the schema.
    pub(crate) fn introspection(&self) -> Introspection {
        self.shared.introspection
    }

    /// The documents that are known by an id.
    pub(crate) fn trusted(&self) -> &trusted::Documents {
        &self.shared.trusted
    }

    /// Tells workers that there may be something to do.
    pub fn wake(&self) -> &Wake {
        &self.shared.wake
    }

    /// Who decides whom a request speaks for.
    pub(crate) fn door(&self) -> &Door {
        &self.shared.door
    }

    /// Proxies whose word about a client's address counts.
    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.shared.trusted_proxies
    }

    /// What tenants may ask for in a minute, and what else their rules say of requests.
    pub(crate) fn budgets(&self) -> &Budgets {
        &self.shared.budgets
    }

    /// Whether what plans allow is counted; if not, no tenant's rules are read.
    pub(crate) fn has_rate_limits(&self) -> bool {
        self.shared.rate_limits
    }

    /// Takes one request off the budget of the identity's tenant; what to say of its limit.
    ///
    /// # Errors
    /// [`Spent`] when nothing is left.
    pub(crate) async fn spend(&self, identity: &Identity) -> Result<Option<HeaderValue>, Spent> {
        if !self.has_rate_limits() {
            return Ok(None);
        }
        self.budgets().spend(identity, self.redis.as_ref()).await
    }

    /// Takes one link off the budget of the address that it is followed from.
    ///
    /// # Errors
    /// When nothing is left; how long it takes until there is something again.
    pub(crate) fn follow(&self, address: Option<IpAddr>) -> Result<(), Duration> {
        match address.filter(|_| self.has_rate_limits()) {
            Some(address) => self.shared.followers.spend(address),
            None => Ok(()),
        }
    }

    /// Whose pages may ask from a browser.
    pub(crate) fn origins(&self) -> &Origins {
        &self.shared.origins
    }

    pub(crate) fn max_body_bytes(&self) -> usize {
        self.shared.max_body_bytes
    }

    pub(crate) fn max_mail_bytes(&self) -> usize {
        self.shared.max_mail_bytes
    }

    /// What Stripe's webhooks are signed with, if they are taken.
    pub(crate) fn stripe_secrets(&self) -> Option<&Secrets> {
        self.shared.stripe.as_ref()
    }

    /// Whether those of Stripe's test mode are taken.
    pub(crate) fn takes_test_events(&self) -> bool {
        self.shared.stripe_test_events
    }

    pub(crate) fn max_response_bytes(&self) -> usize {
        self.shared.max_response_bytes
    }

    /// Most operations of one request; 0 where there is one only.
    pub(crate) fn max_batch(&self) -> usize {
        self.shared.max_batch
    }

    /// How long an operation may take.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.shared.request_timeout
    }

    /// How long a client may take to send a request's head, and its body.
    pub(crate) fn read_timeout(&self) -> Duration {
        self.shared.read_timeout
    }

    /// How long a connection is kept on which nothing moves.
    pub(crate) fn idle_timeout(&self) -> Duration {
        self.shared.idle_timeout
    }

    /// What connections that stay open have together.
    pub(crate) fn live(&self) -> &Live {
        &self.shared.live
    }

    /// Waits until another event may be read.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.turns.acquire().await.ok()
    }

    /// Counts a socket for as long as the answer is there.
    pub(crate) fn open_socket(self: &Arc<Self>) -> OpenSocket {
        self.sockets.send_modify(|open| *open += 1);
        OpenSocket(Arc::clone(self))
    }

    /// Completes once no socket is open. HTTP's own shutdown does not know of them.
    pub(super) async fn sockets_closed(&self) {
        // It can not fail: the sender is here.
        let _ = self.sockets.subscribe().wait_for(|open| *open == 0).await;
    }
}

/// Has the numbers of the gateways read, if somebody asks for numbers.
fn measure(gateways: &[Arc<Gateway>]) {
    if let (Some(metrics), Some(first)) = (metrics::get(), gateways.first()) {
        metrics.trust(first.trusted().operations());
        let databases = gateways.iter().map(|gateway| gateway.database.clone());
        metrics.watch("requests", databases.collect());
    }
}

/// The databases of all tiers.
pub(crate) fn database(urls: &TierUrls, options: &DatabaseOptions) -> Result<Database, InvalidUrl> {
    let database = Database::new(&urls.oltp, options)?;
    let others = Tier::ALL.into_iter().filter(|tier| *tier != Tier::Oltp);
    others.into_iter().try_fold(database, |database, tier| {
        Ok(database.and(tier, urls.of(tier))?)
    })
}

/// A socket that is open.
pub(crate) struct OpenSocket(Arc<Gateway>);

impl Drop for OpenSocket {
    fn drop(&mut self) {
        self.0.sockets.send_modify(|open| *open -= 1);
    }
}

/// `connections` shared out among `cores`, of which each gets one at least.
fn shares(connections: u32, cores: u32) -> impl Iterator<Item = u32> {
    let cores = cores.clamp(1, connections.max(1));
    (0..cores).map(move |core| (connections / cores + u32::from(core < connections % cores)).max(1))
}

/// A URL is not one.
#[derive(Debug, thiserror::Error)]
pub enum InvalidUrl {
    /// The database's.
    #[error("DATABASE_URL is not a PostgreSQL URL (postgres://user@host/database): {0}")]
    Database(#[from] sqlx::Error),
    /// That of Redis.
    #[error("REDIS_URL is not a Redis URL (redis://host:6379/0, or unix:///path): {0}")]
    Redis(#[from] redis::RedisError),
}

/// Why there is no gateway.
#[derive(Debug, thiserror::Error)]
pub enum Unready {
    /// The database's URL is not one.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// The trusted documents can not be read.
    #[error(transparent)]
    Documents(#[from] ManifestError),
    /// Links can not be signed.
    #[error(transparent)]
    Links(#[from] LinkKeyError),
    /// Clients can not be spoken to by TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Events have nowhere to go.
    #[error(transparent)]
    Events(#[from] events::TargetError),
    /// Nothing can be watched.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// Stripe's webhooks can not be checked.
    #[error(
        "GATEWAY_STRIPE_WEBHOOK_SECRET is no list of secrets: {0}; give `whsec_…`, or leave it out"
    )]
    Stripe(#[from] NoSecret),
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn all_connections_are_shared_out_and_no_core_goes_without() {
        let of = |connections, cores| shares(connections, cores).collect::<Vec<_>>();
        assert_eq!(of(8, 2), [4, 4]);
        assert_eq!(of(8, 3), [3, 3, 2]);
        assert_eq!(of(2, 4), [1, 1]);
        assert_eq!(of(1, 1), [1]);
        assert_eq!(of(1, 0), [1]);
    }
}
