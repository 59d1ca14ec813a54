//! A test's own database and gateway.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use gateway::{
    Gateway, TierUrls, Unready,
    auth::{SecurityEvent, SecurityEvents, TokenKey, Trust},
    settings::{Config, Settings},
};
use migrations::Tier;
use sqlx::{PgPool, postgres::PgPoolOptions};
use tenant::Identity;
use tokio::{net::TcpListener, sync::oneshot};
use uuid::Uuid;

use crate::{Client, beside, cluster, cluster::leave};

/// The key of every test's tokens.
pub const KEY: &str = "a key for tests only, which is long enough";
/// That of its links.
pub const LINK_KEY: &str = "a key for the links of tests only";

/// How a test's gateway differs from the default.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Most database connections.
    pub max_connections: Option<u32>,
    /// How long a request waits for one.
    pub acquire_timeout: Option<Duration>,
    /// Most bytes of the documents that are kept.
    pub document_cache_bytes: Option<usize>,
    /// How much a client may hold open.
    pub live: Live,
    /// How long a gateway that stops waits for its clients.
    pub drain: Duration,
    /// A database in place of the test's own, as a URL.
    pub database_url: Option<String>,
    /// The queue tier's database in place of that beside it, as a URL.
    pub queue_url: Option<String>,
    /// The same of the content tier.
    pub content_url: Option<String>,
    /// The same of the analytics tier.
    pub analytics_url: Option<String>,
    /// The way of the login role to the databases, as a URL with `{database}` in it.
    pub way: Option<String>,
    /// All other settings; what is given above comes first.
    pub settings: Settings,
}

/// Keeps what happens at the door.
#[derive(Default)]
struct SeenEvents(Mutex<Vec<SecurityEvent>>);

impl SecurityEvents for SeenEvents {
    fn record(&self, event: SecurityEvent) {
        self.0.lock().expect("no test panics in it").push(event);
    }
}

/// How the limits of connections that stay open differ from the default.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// Milliseconds that a socket may take to say who asks.
    pub socket_init_timeout_ms: Option<u64>,
    /// Seconds between signs of life.
    pub keep_alive_seconds: Option<u64>,
    /// Most operations of a connection.
    pub max_operations: Option<usize>,
    /// Most bytes of a message.
    pub max_message_bytes: Option<usize>,
    /// Most connections.
    pub max_streams: Option<usize>,
    /// Most connections of a tenant.
    pub max_tenant_streams: Option<usize>,
}

/// A database and a gateway in front of it, for one test.
pub struct World {
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// The name of the database.
    pub database: String,
    /// The demo's people, if it was asked for.
    pub demo: Option<seed::Demo>,
    admins: [PgPool; Tier::ALL.len()],
    http: reqwest::Client,
    key: TokenKey,
    events: Arc<SeenEvents>,
    stop: Option<oneshot::Sender<()>>,
}

impl World {
    /// A migrated database without rows.
    pub async fn empty() -> Self {
        Self::with(Options::default()).await
    }

    /// The same, with other options.
    pub async fn with(options: Options) -> Self {
        let database = cluster().await.empty().await;
        Self::start(database, None, options).await
    }

    /// A database with the demo tenants.
    pub async fn demo() -> Self {
        Self::demo_with(Options::default()).await
    }

    /// The same, with other options.
    pub async fn demo_with(options: Options) -> Self {
        let (database, demo) = cluster().await.demo().await;
        Self::start(database, Some(demo.clone()), options).await
    }

    async fn start(database: String, demo: Option<seed::Demo>, options: Options) -> Self {
        let server = &cluster().await.server;
        let settings = Settings {
            max_connections: options.max_connections,
            // A test that says how many there are wants any request to be able to have them.
            cores: options.max_connections.map(|_| 1),
            acquire_timeout_ms: options
                .acquire_timeout
                .map(|time| time.as_millis().try_into().expect("a short time")),
            document_cache_bytes: options.document_cache_bytes,
            socket_init_timeout_ms: options.live.socket_init_timeout_ms,
            keep_alive_seconds: options.live.keep_alive_seconds,
            max_operations: options.live.max_operations,
            max_message_bytes: options.live.max_message_bytes,
            max_streams: options.live.max_streams,
            max_tenant_streams: options.live.max_tenant_streams,
            ..Settings::default()
        };
        let few = Settings {
            // All tests ask from one address.
            max_auth_failures: Some(u32::MAX),
            // The demo's plans allow fewer requests a minute than some tests send.
            rate_limits: Some(false),
            link_key: Some(LINK_KEY.into()),
            // What the gateway sees of itself becomes rows, which tests of other things would find.
            events_interval_seconds: Some(3600),
            ..Settings::default()
        };
        let config = Config::from(settings.or(options.settings).or(few));
        let way = |tier| {
            let (way, name) = (options.way.as_ref(), beside(&database, tier));
            way.map(|way| way.replace("{database}", &name))
        };
        let url = options.database_url.or_else(|| way(Tier::Oltp));
        let url = url.unwrap_or_else(|| server.url("gateway_login", &database));
        let key = TokenKey::new(&KEY.into()).expect("a long key");
        let events = Arc::new(SeenEvents::default());
        let mut urls = TierUrls::beside(&url);
        for (url, given) in [
            (
                &mut urls.queue,
                options.queue_url.or_else(|| way(Tier::Queue)),
            ),
            (
                &mut urls.content,
                options.content_url.or_else(|| way(Tier::Content)),
            ),
            (
                &mut urls.analytics,
                options.analytics_url.or_else(|| way(Tier::Analytics)),
            ),
        ] {
            if let Some(given) = given {
                *url = given;
            }
        }
        let gateways = gateways_with(&urls, &config, events.clone());
        let gateways = gateways.expect("a PostgreSQL URL");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(gateway::serve(
            gateways,
            listener,
            options.drain,
            async move {
                let _ = stopped.await;
            },
        ));
        let admins = Tier::ALL.map(|tier| {
            PgPoolOptions::new()
                .max_connections(4)
                .connect_lazy(&server.superuser_url(&beside(&database, tier)))
                .expect("a PostgreSQL URL")
        });
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("an HTTP client");
        Self {
            address,
            database,
            demo,
            admins,
            http,
            key,
            events,
            stop: Some(stop),
        }
    }

    /// What happened at the door so far.
    pub fn security_events(&self) -> Vec<SecurityEvent> {
        self.events.0.lock().expect("no test panics in it").clone()
    }

    /// Connections of the superuser to the test's transactional database: to arrange, and to look behind.
    pub fn admin(&self) -> &PgPool {
        self.admin_of(Tier::Oltp)
    }

    /// The same, to the database of a tier.
    pub fn admin_of(&self, tier: Tier) -> &PgPool {
        &self.admins[tier as usize]
    }

    /// A client signed in as a user of a tenant, whether or not there is such a member.
    pub fn client(&self, tenant: Uuid, user: Uuid) -> Client {
        self.signed_in(Identity::Member {
            tenant: tenant.into(),
            user: user.into(),
        })
    }

    /// A client signed in as a user, in no tenant.
    pub fn in_no_tenant(&self, user: Uuid) -> Client {
        self.signed_in(Identity::User { user: user.into() })
    }

    /// A client signed in as staff.
    pub fn staff(&self, user: Uuid) -> Client {
        self.signed_in(Identity::Staff { user: user.into() })
    }

    /// A client of a demo user: `world.user("acme", "owner@acme.test")`.
    pub fn user(&self, tenant: &str, email: &str) -> Client {
        let demo = self.demo.as_ref().expect("a demo world");
        let tenant = demo
            .tenants
            .iter()
            .find(|found| found.name == tenant)
            .expect("a demo tenant");
        let user = tenant
            .users
            .iter()
            .find(|found| found.email == email)
            .expect("a demo user");
        self.client(tenant.id, user.id)
    }

    /// The owner of a demo tenant.
    pub fn owner(&self, tenant: &str) -> Client {
        self.user(tenant, &format!("owner@{tenant}.test"))
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        self.with_token(None)
    }

    /// A client with a token of the test's own making.
    pub fn with_token(&self, token: Option<String>) -> Client {
        Client::new(self.http.clone(), self.address, token)
    }

    /// The key that the gateway verifies tokens with.
    pub fn key(&self) -> &TokenKey {
        &self.key
    }

    /// The same as text, to sign what the gateway itself would not.
    pub fn secret(&self) -> &'static str {
        KEY
    }

    /// Stops the gateway, as a signal would.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// A client signed in as somebody, for so many seconds.
    pub fn signed_in_for(&self, identity: Identity, seconds: u64) -> Client {
        let claims = gateway::auth::Claims::new(&identity, Duration::from_secs(seconds));
        self.with_token(Some(claims.sign(&self.key)))
    }

    fn signed_in(&self, identity: Identity) -> Client {
        let claims = gateway::auth::Claims::new(&identity, Duration::from_secs(3600));
        self.with_token(Some(claims.sign(&self.key)))
    }
}

/// Gateways that trust the key of every test, to be served by the test itself.
///
/// # Errors
/// What keeps a gateway from being made.
pub fn gateways(url: &str, settings: Settings) -> Result<Vec<Arc<Gateway>>, Unready> {
    let urls = TierUrls::beside(url);
    let link_key = Some(LINK_KEY.into());
    let links = Settings {
        link_key,
        ..Settings::default()
    };
    gateways_with(
        &urls,
        &settings.or(links).into(),
        Arc::new(SeenEvents::default()),
    )
}

fn gateways_with(
    urls: &TierUrls,
    config: &Config,
    events: Arc<SeenEvents>,
) -> Result<Vec<Arc<Gateway>>, Unready> {
    let key = TokenKey::new(&KEY.into()).expect("a long key");
    let trust = Trust::new(&config.tokens).expect("whom to trust");
    Gateway::for_cores(urls, trust.and_shared_key(key), events, config)
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
        leave(std::mem::take(&mut self.database));
    }
}
