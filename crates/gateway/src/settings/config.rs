//! The settings as they are in force: what was given, and the defaults of the rest.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use clap::ValueEnum;
use secrecy::{ExposeSecret, SecretString};

use ipnet::IpNet;
use resolver::operation::Limits;

use super::{AlertSeverity, Introspection, LogFormat, Origins, Queue, Settings};
use crate::auth::{ClaimNames, TokenSettings};

/// The driver would tell of every table that a migration finds in its place, and the migrator of each
/// of its steps.
const LOG: &str = "info,opentelemetry=warn,sqlx=warn,sea_orm_migration=warn";

/// The settings as they are in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The certificate that clients are shown, as a file; `None` is HTTP without TLS.
    pub tls_certificate: Option<PathBuf>,
    /// The file with its private key.
    pub tls_key: Option<PathBuf>,
    /// Folder of the embedded database and of the development key.
    pub data_dir: PathBuf,
    /// The database as the login role; `None` runs the embedded one.
    pub database_url: Option<SecretString>,
    /// The database as a role that may migrate.
    pub migration_url: Option<SecretString>,
    /// The database as a superuser.
    pub admin_url: Option<SecretString>,
    /// The database of the mail.
    pub content: TierSettings,
    /// Those of the analytics tier.
    pub analytics: TierSettings,
    /// That of the jobs.
    pub queue: TierSettings,
    /// Where the embedded database's binaries are.
    pub postgres_bin: Option<PathBuf>,
    /// Most database connections at once.
    pub max_connections: u32,
    /// Threads that serve requests.
    pub cores: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long an operation may take.
    pub request_timeout: Duration,
    /// How long a statement may take, if not as long as the role says.
    pub statement_timeout: Option<Duration>,
    /// How long a client may take to send a request's head, and its body.
    pub read_timeout: Duration,
    /// How long a client's connection is kept on which nothing moves.
    pub idle_timeout: Duration,
    /// Largest request body in bytes.
    pub max_body_bytes: usize,
    /// Largest message that is taken, in bytes.
    pub max_mail_bytes: usize,
    /// Largest answer in bytes.
    pub max_response_bytes: usize,
    /// Most operations of one request; 0 where there is one only.
    pub max_batch: usize,
    /// Whose pages may ask from a browser.
    pub cors_origins: Origins,
    /// Whether requests are counted against the tenants' plans.
    pub rate_limits: bool,
    /// Where several gateways count together, and workers hear of jobs.
    pub redis_url: Option<SecretString>,
    /// Whether `serve` does jobs; `None` is with the embedded database only.
    pub worker: Option<bool>,
    /// Where they are taken from, the first first.
    pub worker_queues: Vec<Queue>,
    /// Jobs at once.
    pub worker_concurrency: u32,
    /// How often jobs are looked for when nothing is heard of any.
    pub worker_poll: Duration,
    /// Months for which the numbers of each lead are kept.
    pub analytics_months: u32,
    /// What links in mail begin with, if not with the address that is listened on.
    pub public_url: Option<url::Url>,
    /// What all mail goes out by, if not by each account's own server.
    pub smtp_url: Option<SecretString>,
    /// Where the accounts' passwords are.
    pub secrets_dir: Option<PathBuf>,
    /// Where the accounts' servers may be beside the internet.
    pub mail_networks: Vec<IpNet>,
    /// Most connections to mailboxes that stay open.
    pub max_listeners: usize,
    /// Most bytes of the documents that are kept, and of the answers to introspection.
    pub document_cache_bytes: usize,
    /// How large a document may be, and what it may cost.
    pub limits: Limits,
    /// Where the documents are that may be asked for by their ids.
    pub documents: Option<PathBuf>,
    /// Whether no others are run.
    pub trusted_only: bool,
    /// Whether clients may register documents by their hashes.
    pub apq: bool,
    /// Who may see the schema.
    pub introspection: Introspection,
    /// How long a socket may take to say who asks.
    pub socket_init_timeout: Duration,
    /// How often something is sent on connections that stay open.
    pub keep_alive: Duration,
    /// Most operations at once of a connection that stays open.
    pub max_operations: usize,
    /// Largest message to a socket in bytes.
    pub max_message_bytes: usize,
    /// Most connections that stay open.
    pub max_streams: usize,
    /// Most of them for one tenant.
    pub max_tenant_streams: usize,
    /// How long requests in flight get at the end.
    pub drain: Duration,
    /// The token key, if one was given.
    pub token_key: Option<SecretString>,
    /// The keys of links, if they were given.
    pub link_key: Option<SecretString>,
    /// The secrets of Stripe's webhook, if they were given.
    pub stripe_webhook_secret: Option<SecretString>,
    /// Whether events of Stripe's test mode are taken.
    pub stripe_test_events: bool,
    /// Whose tokens are good.
    pub tokens: TokenSettings,
    /// Take tokens signed with the shared key on every listener.
    pub shared_key_everywhere: bool,
    /// Failures that an address may have in a quarter of an hour.
    pub max_auth_failures: u32,
    /// Links that may be followed from an address in a minute.
    pub max_links_a_minute: u32,
    /// Proxies whose word about a client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// `tracing` directives.
    pub log: String,
    /// How to log.
    pub log_format: LogFormat,
    /// Where spans go.
    pub otlp_endpoint: Option<String>,
    /// Where metrics go.
    pub otlp_metrics_endpoint: Option<String>,
    /// Where they can be read.
    pub metrics_addr: Option<SocketAddr>,
    /// Where events go.
    pub events_url: Option<SecretString>,
    /// How often the gateway looks at itself.
    pub events_interval: Duration,
    /// Who is told of what needs somebody.
    pub alert_webhook_url: Option<SecretString>,
    /// What it knows the gateway by.
    pub alert_webhook_key: Option<SecretString>,
    /// How bad that has to be.
    pub alert_severity: AlertSeverity,
}

/// A tier's database, where it is not the one beside the transactional tier's.
#[derive(Clone, Debug, Default)]
pub struct TierSettings {
    /// As the login role.
    pub url: Option<SecretString>,
    /// As a role that may migrate.
    pub migration_url: Option<SecretString>,
    /// As a superuser.
    pub admin_url: Option<SecretString>,
}

/// A variable that is set to nothing, as in a compose file, counts as not set.
fn is_set(url: &SecretString) -> bool {
    !url.expose_secret().is_empty()
}

/// As many as this process may use.
fn cores_of_machine() -> u32 {
    let cores = std::thread::available_parallelism();
    cores.map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

fn tokens(given: &Settings) -> TokenSettings {
    let usual = ClaimNames::default();
    let claim = |given: &Option<String>, usual| given.clone().unwrap_or(usual);
    TokenSettings {
        jwks_url: given.jwks_url.clone(),
        keys_file: given.token_keys_file.clone(),
        jwks_max_age: Duration::from_secs(given.jwks_max_age_seconds.unwrap_or(600)),
        algorithms: given.token_algorithms.clone(),
        issuer: given.token_issuer.clone(),
        audience: given.token_audience.clone(),
        claims: ClaimNames {
            user: claim(&given.user_claim, usual.user),
            tenant: claim(&given.tenant_claim, usual.tenant),
            staff: claim(&given.staff_claim, usual.staff),
        },
    }
}

fn limits(given: &Settings) -> Limits {
    let default = Limits::default();
    Limits {
        bytes: given.max_document_bytes.unwrap_or(default.bytes),
        tokens: given.max_tokens.unwrap_or(default.tokens),
        depth: given.max_depth.unwrap_or(default.depth),
        aliases: given.max_aliases.unwrap_or(default.aliases),
        root_fields: given.max_root_fields.unwrap_or(default.root_fields),
        directives: given.max_directives.unwrap_or(default.directives),
        fields: given.max_fields.unwrap_or(default.fields),
        fragments: given.max_fragments.unwrap_or(default.fragments),
        cost: given.max_cost.unwrap_or(default.cost),
    }
}

impl Config {
    /// What the URLs of a listener at `address` begin with.
    pub(crate) fn address(&self, address: SocketAddr) -> String {
        let scheme = match self.tls_certificate {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{address}")
    }
}

impl From<Settings> for Config {
    fn from(given: Settings) -> Self {
        let (tokens, limits) = (tokens(&given), limits(&given));
        let request_timeout = Duration::from_millis(given.request_timeout_ms.unwrap_or(60_000));
        let read_timeout = Duration::from_millis(given.read_timeout_ms.unwrap_or(10_000).max(1));
        let idle_timeout = Duration::from_millis(given.idle_timeout_ms.unwrap_or(75_000));
        Self {
            tokens,
            listen: given
                .listen
                .unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080)),
            tls_certificate: given.tls_certificate,
            tls_key: given.tls_key,
            data_dir: given.data_dir.unwrap_or_else(|| ".gateway".into()),
            database_url: given.database_url.filter(is_set),
            migration_url: given.migration_url.filter(is_set),
            admin_url: given.admin_url.filter(is_set),
            content: TierSettings {
                url: given.content_url.filter(is_set),
                migration_url: given.content_migration_url.filter(is_set),
                admin_url: given.content_admin_url.filter(is_set),
            },
            analytics: TierSettings {
                url: given.analytics_url.filter(is_set),
                migration_url: given.analytics_migration_url.filter(is_set),
                admin_url: given.analytics_admin_url.filter(is_set),
            },
            queue: TierSettings {
                url: given.queue_url.filter(is_set),
                migration_url: given.queue_migration_url.filter(is_set),
                admin_url: given.queue_admin_url.filter(is_set),
            },
            postgres_bin: given.postgres_bin,
            max_connections: given.max_connections.unwrap_or(8).max(1),
            cores: given.cores.unwrap_or_else(cores_of_machine).max(1),
            acquire_timeout: Duration::from_millis(given.acquire_timeout_ms.unwrap_or(3000)),
            request_timeout,
            statement_timeout: given.statement_timeout_ms.map(Duration::from_millis),
            read_timeout,
            // While an operation runs nothing moves.
            idle_timeout: idle_timeout.max(request_timeout + read_timeout),
            max_body_bytes: given.max_body_bytes.unwrap_or(4 << 20),
            max_mail_bytes: given.max_mail_bytes.unwrap_or(25 << 20),
            max_response_bytes: given.max_response_bytes.unwrap_or(64 << 20),
            max_batch: given.max_batch.unwrap_or(0),
            cors_origins: given.cors_origins.unwrap_or_default(),
            rate_limits: given.rate_limits.unwrap_or(true),
            redis_url: given.redis_url.filter(is_set),
            worker: given.worker,
            worker_queues: given
                .worker_queues
                .unwrap_or_else(|| Queue::value_variants().to_vec()),
            worker_concurrency: given.worker_concurrency.unwrap_or(8),
            worker_poll: Duration::from_millis(given.worker_poll_ms.unwrap_or(1000)),
            analytics_months: given.analytics_months.unwrap_or(25),
            public_url: given.public_url,
            smtp_url: given.smtp_url.filter(is_set),
            secrets_dir: given.secrets_dir,
            mail_networks: given.mail_networks.unwrap_or_default(),
            max_listeners: given.max_listeners.unwrap_or(100),
            document_cache_bytes: given.document_cache_bytes.unwrap_or(16 << 20),
            limits,
            documents: given.documents,
            trusted_only: given.trusted_only.unwrap_or(false),
            apq: given.apq.unwrap_or(false),
            introspection: given.introspection.unwrap_or(Introspection::Everyone),
            socket_init_timeout: Duration::from_millis(
                given.socket_init_timeout_ms.unwrap_or(3000),
            ),
            keep_alive: Duration::from_secs(given.keep_alive_seconds.unwrap_or(15).max(1)),
            max_operations: given.max_operations.unwrap_or(100),
            max_message_bytes: given.max_message_bytes.unwrap_or(1 << 20),
            max_streams: given.max_streams.unwrap_or(10_000),
            max_tenant_streams: given.max_tenant_streams.unwrap_or(2_000),
            drain: Duration::from_secs(given.drain_seconds.unwrap_or(20)),
            token_key: given.token_key,
            link_key: given.link_key,
            stripe_webhook_secret: given.stripe_webhook_secret,
            stripe_test_events: given.stripe_test_events.unwrap_or(false),
            shared_key_everywhere: given.shared_key_everywhere.unwrap_or(false),
            max_auth_failures: given.max_auth_failures.unwrap_or(20).max(1),
            max_links_a_minute: given.max_links_a_minute.unwrap_or(1200).max(1),
            trusted_proxies: given.trusted_proxies.unwrap_or_default(),
            log: given.log.unwrap_or_else(|| LOG.to_owned()),
            log_format: given.log_format.unwrap_or(LogFormat::Human),
            otlp_endpoint: given.otlp_endpoint,
            otlp_metrics_endpoint: given.otlp_metrics_endpoint,
            metrics_addr: given.metrics_addr,
            events_url: given.events_url.filter(is_set),
            alert_webhook_url: given.alert_webhook_url.filter(is_set),
            alert_webhook_key: given.alert_webhook_key,
            alert_severity: given.alert_severity.unwrap_or(AlertSeverity::High),
            events_interval: Duration::from_secs(
                given.events_interval_seconds.unwrap_or(60).max(1),
            ),
        }
    }
}
