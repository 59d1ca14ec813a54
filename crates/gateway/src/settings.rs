//! Every setting, declared once: its flag, its environment name, its entry in the settings file.
//!
//! A flag beats the environment, the environment beats the file, the file beats the default. The
//! file is TOML with the names below (`listen = "127.0.0.1:8080"`); a name it does not know is an
//! error. Parsed once at the start and passed down, never read again.

mod config;
mod file;
mod origins;
mod queue;
mod words;

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;

pub use config::{Config, TierSettings};
pub use file::SettingsError;
pub use origins::{NoOrigin, Origins};
pub use queue::Queue;
pub use words::{AlertSeverity, Introspection, LogFormat};

use crate::auth::TokenAlgorithm;

/// The settings as somebody gave them; what is not given is `None`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "GATEWAY_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// Certificate as PEM, its own first and those that lead to it behind: the gateway then speaks HTTPS only. A renewed
    /// one is taken within seconds of being written [default: none, HTTP]
    #[arg(long, env = "GATEWAY_TLS_CERTIFICATE", global = true)]
    pub tls_certificate: Option<PathBuf>,
    /// Its private key as PEM
    #[arg(long, env = "GATEWAY_TLS_KEY", global = true)]
    pub tls_key: Option<PathBuf>,
    /// Folder of the embedded database and of the development key [default: ./.gateway]
    #[arg(long, env = "GATEWAY_DATA_DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL to serve, as the login role (postgres://gateway_login@host/db); without it the
    /// gateway runs one of its own in the data folder
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// The same database as a role that may migrate (postgres://gateway_migrator@host/db)
    #[arg(
        long,
        env = "GATEWAY_MIGRATION_URL",
        global = true,
        hide_env_values = true
    )]
    pub migration_url: Option<SecretString>,
    /// The same database as a superuser, for `gateway seed`, `gateway token` and `gateway import-leads`
    /// with names, and `gateway migrate up`, which then makes the roles
    #[arg(long, env = "GATEWAY_ADMIN_URL", global = true, hide_env_values = true)]
    pub admin_url: Option<SecretString>,
    /// PostgreSQL of the mail, as the login role [default: the database beside DATABASE_URL's, named as it
    /// with `_content` behind]
    #[arg(
        long,
        env = "GATEWAY_CONTENT_URL",
        global = true,
        hide_env_values = true
    )]
    pub content_url: Option<SecretString>,
    /// The same database as a role that may migrate, where GATEWAY_CONTENT_URL is set
    #[arg(
        long,
        env = "GATEWAY_CONTENT_MIGRATION_URL",
        global = true,
        hide_env_values = true
    )]
    pub content_migration_url: Option<SecretString>,
    /// The same database as a superuser, where GATEWAY_CONTENT_URL is set
    #[arg(
        long,
        env = "GATEWAY_CONTENT_ADMIN_URL",
        global = true,
        hide_env_values = true
    )]
    pub content_admin_url: Option<SecretString>,
    /// PostgreSQL of the analytics, as the login role [default: the database beside DATABASE_URL's, named as it
    /// with `_analytics` behind]
    #[arg(
        long,
        env = "GATEWAY_ANALYTICS_URL",
        global = true,
        hide_env_values = true
    )]
    pub analytics_url: Option<SecretString>,
    /// The same database as a role that may migrate, where GATEWAY_ANALYTICS_URL is set
    #[arg(
        long,
        env = "GATEWAY_ANALYTICS_MIGRATION_URL",
        global = true,
        hide_env_values = true
    )]
    pub analytics_migration_url: Option<SecretString>,
    /// The same database as a superuser, where GATEWAY_ANALYTICS_URL is set
    #[arg(
        long,
        env = "GATEWAY_ANALYTICS_ADMIN_URL",
        global = true,
        hide_env_values = true
    )]
    pub analytics_admin_url: Option<SecretString>,
    /// PostgreSQL of the jobs, as the login role [default: the database beside DATABASE_URL's, named as it
    /// with `_queue` behind]
    #[arg(long, env = "GATEWAY_QUEUE_URL", global = true, hide_env_values = true)]
    pub queue_url: Option<SecretString>,
    /// The same database as a role that may migrate, where GATEWAY_QUEUE_URL is set
    #[arg(
        long,
        env = "GATEWAY_QUEUE_MIGRATION_URL",
        global = true,
        hide_env_values = true
    )]
    pub queue_migration_url: Option<SecretString>,
    /// The same database as a superuser, where GATEWAY_QUEUE_URL is set
    #[arg(
        long,
        env = "GATEWAY_QUEUE_ADMIN_URL",
        global = true,
        hide_env_values = true
    )]
    pub queue_admin_url: Option<SecretString>,
    /// Folder with the binaries `postgres` and `initdb` for the embedded database [default: looked
    /// for on the PATH and where packages put them]
    #[arg(long, env = "GATEWAY_POSTGRES_BIN", global = true)]
    pub postgres_bin: Option<PathBuf>,
    /// Most database connections at once; 4 to 8 for each two cores of the database [default: 8]
    #[arg(long, env = "GATEWAY_MAX_CONNECTIONS", global = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: Option<u32>,
    /// Threads that serve requests, each with its part of the database connections [default: as many as
    /// the machine has cores]
    #[arg(long, env = "GATEWAY_CORES", global = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub cores: Option<u32>,
    /// Milliseconds a request waits for a free connection before it is answered with 503 [default: 3000]
    #[arg(long, env = "GATEWAY_ACQUIRE_TIMEOUT_MS", global = true)]
    pub acquire_timeout_ms: Option<u64>,
    /// Milliseconds an operation may take; then it is given up, rolled back, and answered with 504 [default: 60000]
    #[arg(long, env = "GATEWAY_REQUEST_TIMEOUT_MS", global = true)]
    pub request_timeout_ms: Option<u64>,
    /// Milliseconds a statement may take in the database [default: the role's, which is 30 s as made by
    /// `gateway migrate up`]
    #[arg(long, env = "GATEWAY_STATEMENT_TIMEOUT_MS", global = true, value_parser = clap::value_parser!(u64).range(1..=2_147_483_647))]
    pub statement_timeout_ms: Option<u64>,
    /// Milliseconds a client may take to send a request's head, and as many for its body [default: 10000]
    #[arg(long, env = "GATEWAY_READ_TIMEOUT_MS", global = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub read_timeout_ms: Option<u64>,
    /// Milliseconds after which a client's connection is closed on which nothing moves; longer than those of
    /// proxies in front, and never less than what a request may take [default: 75000]
    #[arg(long, env = "GATEWAY_IDLE_TIMEOUT_MS", global = true)]
    pub idle_timeout_ms: Option<u64>,
    /// Largest request body in bytes; the default has room for an import of 10,000 leads [default: 4194304]
    #[arg(long, env = "GATEWAY_MAX_BODY_BYTES", global = true)]
    pub max_body_bytes: Option<usize>,
    /// Largest message that is taken at /ingest/email, or as a whole from a mailbox, in bytes [default: 26214400]
    #[arg(long, env = "GATEWAY_MAX_MAIL_BYTES", global = true)]
    pub max_mail_bytes: Option<usize>,
    /// Largest answer in bytes [default: 67108864]
    #[arg(long, env = "GATEWAY_MAX_RESPONSE_BYTES", global = true)]
    pub max_response_bytes: Option<usize>,
    /// Most operations of a request that is a JSON array of them, each run by itself; 0 takes none [default: 0]
    #[arg(long, env = "GATEWAY_MAX_BATCH", global = true)]
    pub max_batch: Option<usize>,
    /// Origins of web pages that may ask from a browser (`https://app.example.com`), with commas between them;
    /// * for all [default: none]
    #[arg(long, env = "GATEWAY_CORS_ORIGINS", global = true)]
    pub cors_origins: Option<Origins>,
    /// Whether tenants get no more requests a minute than their plan allows (`api_rate_limit`) [default: true]
    #[arg(long, env = "GATEWAY_RATE_LIMITS", global = true)]
    pub rate_limits: Option<bool>,
    /// Redis in which several gateways count tenants' requests together, and by which workers hear of jobs at once
    /// (redis://host:6379/0, or unix:///path) [default: each counts for itself; jobs are looked for in PostgreSQL]
    #[arg(long, env = "REDIS_URL", global = true, hide_env_values = true)]
    pub redis_url: Option<SecretString>,
    /// Whether `serve` does jobs, too; `gateway worker` does them by itself [default: true with the embedded database]
    #[arg(long, env = "GATEWAY_WORKER", global = true)]
    pub worker: Option<bool>,
    /// Queues that it takes jobs from, with commas between them, the first first: a worker of its own keeps a queue
    /// from waiting for the others [default: email-processing,email-sending,billing,analytics,maintenance]
    #[arg(
        long,
        env = "GATEWAY_WORKER_QUEUES",
        global = true,
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub worker_queues: Option<Vec<Queue>>,
    /// Jobs at once [default: 8]
    #[arg(long, env = "GATEWAY_WORKER_CONCURRENCY", global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub worker_concurrency: Option<u32>,
    /// Milliseconds between two looks for jobs when nothing is heard of any [default: 1000]
    #[arg(long, env = "GATEWAY_WORKER_POLL_MS", global = true, value_parser = clap::value_parser!(u64).range(10..))]
    pub worker_poll_ms: Option<u64>,
    /// Months for which the numbers of each lead are kept, by day; all other numbers stay [default: 25]
    #[arg(long, env = "GATEWAY_ANALYTICS_MONTHS", global = true, value_parser = clap::value_parser!(u32).range(12..=1200))]
    pub analytics_months: Option<u32>,
    /// Where the receivers of mail reach this gateway: what the links in it begin with (<https://mail.example.com>)
    /// [default: the address it listens on]
    #[arg(long, env = "GATEWAY_PUBLIC_URL", global = true)]
    pub public_url: Option<url::Url>,
    /// Mail server that all mail goes out by, whatever its account says (smtp://user:password@host:587, smtps:// for
    /// TLS from the first byte, smtp+plain:// without TLS) [default: each account's own; with the embedded database a
    /// sink on this machine, which keeps the mail in the data folder]
    #[arg(long, env = "GATEWAY_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<SecretString>,
    /// Most connections of a worker to mailboxes that stay open, where their servers tell of new mail by themselves; the
    /// others are read once a minute [default: 100]
    #[arg(long, env = "GATEWAY_MAX_LISTENERS", global = true)]
    pub max_listeners: Option<usize>,
    /// Folder with the accounts' passwords, each in a file at its `vault_key_path`
    #[arg(long, env = "GATEWAY_SECRETS_DIR", global = true)]
    pub secrets_dir: Option<PathBuf>,
    /// Networks (10.0.0.0/8) that accounts' mail servers may be in beside the internet, at any port: what tenants name is
    /// connected to in no other [default: none]
    #[arg(
        long,
        env = "GATEWAY_MAIL_NETWORKS",
        global = true,
        value_delimiter = ','
    )]
    pub mail_networks: Option<Vec<IpNet>>,
    /// Bytes of memory for documents that were seen before, and as many for answers to introspection; 0
    /// keeps none [default: 16777216]
    #[arg(long, env = "GATEWAY_DOCUMENT_CACHE_BYTES", global = true)]
    pub document_cache_bytes: Option<usize>,
    /// Most bytes of a document [default: 262144]
    #[arg(long, env = "GATEWAY_MAX_DOCUMENT_BYTES", global = true)]
    pub max_document_bytes: Option<usize>,
    /// Most tokens of a document: names, values, punctuation [default: 10000]
    #[arg(long, env = "GATEWAY_MAX_TOKENS", global = true)]
    pub max_tokens: Option<usize>,
    /// Most fields inside one another [default: 20]
    #[arg(long, env = "GATEWAY_MAX_DEPTH", global = true)]
    pub max_depth: Option<usize>,
    /// Most aliases of a document, a fragment's counted each time it is spread, as for the next five
    /// [default: 200]
    #[arg(long, env = "GATEWAY_MAX_ALIASES", global = true)]
    pub max_aliases: Option<usize>,
    /// Most fields at the root of an operation [default: 50]
    #[arg(long, env = "GATEWAY_MAX_ROOT_FIELDS", global = true)]
    pub max_root_fields: Option<usize>,
    /// Most directives of a document [default: 200]
    #[arg(long, env = "GATEWAY_MAX_DIRECTIVES", global = true)]
    pub max_directives: Option<usize>,
    /// Most fields of a document [default: 5000]
    #[arg(long, env = "GATEWAY_MAX_FIELDS", global = true)]
    pub max_fields: Option<usize>,
    /// Most fragments of a document [default: 500]
    #[arg(long, env = "GATEWAY_MAX_FRAGMENTS", global = true)]
    pub max_fragments: Option<usize>,
    /// What an operation may cost by estimate; the unit is a row; three default pages inside one
    /// another fit, four do not [default: 1000000]
    #[arg(long, env = "GATEWAY_MAX_COST", global = true)]
    pub max_cost: Option<u64>,
    /// Folder of the documents that may be asked for by their ids: `.graphql` files, and manifests as Apollo,
    /// Relay and graphql-codegen write them (`.json`) [default: none]
    #[arg(long, env = "GATEWAY_DOCUMENTS", global = true)]
    pub documents: Option<PathBuf>,
    /// Run no other documents than those of the folder [default: false]
    #[arg(long, env = "GATEWAY_TRUSTED_ONLY", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub trusted_only: Option<bool>,
    /// Keep documents that clients register by their hashes (Apollo's automatic persisted queries) [default: false]
    #[arg(long, env = "GATEWAY_APQ", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub apq: Option<bool>,
    /// Who may see the schema, by introspection, as /schema.graphql and in suggestions of errors
    /// [default: everyone]
    #[arg(long, env = "GATEWAY_INTROSPECTION", global = true)]
    pub introspection: Option<Introspection>,
    /// Milliseconds a WebSocket may take to send `connection_init` [default: 3000]
    #[arg(long, env = "GATEWAY_SOCKET_INIT_TIMEOUT_MS", global = true)]
    pub socket_init_timeout_ms: Option<u64>,
    /// Seconds after which something is sent on a WebSocket or an event stream that has nothing to say; a socket that
    /// does not answer by the next time is closed [default: 15]
    #[arg(long, env = "GATEWAY_KEEP_ALIVE_SECONDS", global = true)]
    pub keep_alive_seconds: Option<u64>,
    /// Most operations at once of a WebSocket, or of an event stream that several share [default: 100]
    #[arg(long, env = "GATEWAY_MAX_OPERATIONS", global = true)]
    pub max_operations: Option<usize>,
    /// Largest message to a WebSocket in bytes [default: 1048576]
    #[arg(long, env = "GATEWAY_MAX_MESSAGE_BYTES", global = true)]
    pub max_message_bytes: Option<usize>,
    /// Most WebSockets and event streams at once [default: 10000]
    #[arg(long, env = "GATEWAY_MAX_STREAMS", global = true)]
    pub max_streams: Option<usize>,
    /// Most of them for one tenant [default: 2000]
    #[arg(long, env = "GATEWAY_MAX_TENANT_STREAMS", global = true)]
    pub max_tenant_streams: Option<usize>,
    /// Seconds that requests in flight get to end after Ctrl-C or SIGTERM; a second one ends them at
    /// once [default: 20]
    #[arg(long, env = "GATEWAY_DRAIN_SECONDS", global = true)]
    pub drain_seconds: Option<u64>,
    /// Key that signs and verifies tokens (HS256, 32 bytes or more) [default: made in the data folder]
    #[arg(long, env = "GATEWAY_TOKEN_KEY", global = true, hide_env_values = true)]
    pub token_key: Option<SecretString>,
    /// Keys that sign links to files (`2:new secret,1:old secret`, 32 bytes or more each): the first signs, the others are
    /// good still; the same for all gateways [default: made in the data folder]
    #[arg(long, env = "GATEWAY_LINK_KEY", global = true, hide_env_values = true)]
    pub link_key: Option<SecretString>,
    /// Secrets of Stripe's webhook, `whsec_…`, separated by commas while one takes the place of another; without one there is
    /// no `/webhooks/stripe`
    #[arg(
        long,
        env = "GATEWAY_STRIPE_WEBHOOK_SECRET",
        global = true,
        hide_env_values = true
    )]
    pub stripe_webhook_secret: Option<SecretString>,
    /// Take events of Stripe's test mode, too, which change subscriptions and payments as live ones do [default: false]
    #[arg(long, env = "GATEWAY_STRIPE_TEST_EVENTS", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub stripe_test_events: Option<bool>,
    /// Where an identity provider has its JSON Web Key Set (https://…/jwks.json): its tokens are good, and those of the
    /// key above are not any more
    #[arg(long, env = "GATEWAY_JWKS_URL", global = true)]
    pub jwks_url: Option<String>,
    /// A file with such a set, or with one public key as PEM, in place of the URL
    #[arg(long, env = "GATEWAY_TOKEN_KEYS_FILE", global = true)]
    pub token_keys_file: Option<PathBuf>,
    /// Seconds after which the keys of the URL are asked for again; a key that is not known yet is asked for at once
    /// [default: 600]
    #[arg(long, env = "GATEWAY_JWKS_MAX_AGE_SECONDS", global = true)]
    pub jwks_max_age_seconds: Option<u64>,
    /// What tokens may be signed with [default: RS256,ES256,EdDSA with an identity provider, HS256 without]
    #[arg(
        long,
        env = "GATEWAY_TOKEN_ALGORITHMS",
        global = true,
        value_delimiter = ','
    )]
    pub token_algorithms: Option<Vec<TokenAlgorithm>>,
    /// What `iss` must be in a token of the identity provider
    #[arg(long, env = "GATEWAY_TOKEN_ISSUER", global = true)]
    pub token_issuer: Option<String>,
    /// What `aud` must be in it, or have among others
    #[arg(long, env = "GATEWAY_TOKEN_AUDIENCE", global = true)]
    pub token_audience: Option<String>,
    /// Claim with the user's id, or a JSON pointer to it (/app_metadata/user) [default: sub]
    #[arg(long, env = "GATEWAY_USER_CLAIM", global = true)]
    pub user_claim: Option<String>,
    /// Claim with the tenant's id; a token without it names none [default: tenant]
    #[arg(long, env = "GATEWAY_TENANT_CLAIM", global = true)]
    pub tenant_claim: Option<String>,
    /// Claim that is true in tokens of the platform's staff [default: staff]
    #[arg(long, env = "GATEWAY_STAFF_CLAIM", global = true)]
    pub staff_claim: Option<String>,
    /// Take tokens signed with the shared key also where other machines can reach the gateway [default: false]
    #[arg(long, env = "GATEWAY_SHARED_KEY_EVERYWHERE", global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub shared_key_everywhere: Option<bool>,
    /// Requests with bad credentials that an address may send in a quarter of an hour [default: 20]
    #[arg(long, env = "GATEWAY_MAX_AUTH_FAILURES", global = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_auth_failures: Option<u32>,
    /// Links of mail that may be followed from an address in a minute; providers fetch the pictures of all their readers
    /// from a few [default: 1200]
    #[arg(long, env = "GATEWAY_MAX_LINKS_A_MINUTE", global = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_links_a_minute: Option<u32>,
    /// Proxies (10.0.0.0/8) whose X-Forwarded-For says where a request comes from [default: none]
    #[arg(
        long,
        env = "GATEWAY_TRUSTED_PROXIES",
        global = true,
        value_delimiter = ','
    )]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// What is logged, as `tracing` directives [default: info,opentelemetry=warn,sqlx=warn,sea_orm_migration=warn]
    #[arg(long, env = "GATEWAY_LOG", global = true)]
    pub log: Option<String>,
    /// How it is logged [default: human]
    #[arg(long, env = "GATEWAY_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// Where OpenTelemetry spans go by OTLP over HTTP (http://127.0.0.1:4318/v1/traces) [default: nowhere]
    #[arg(long, env = "GATEWAY_OTLP_ENDPOINT", global = true)]
    pub otlp_endpoint: Option<String>,
    /// Where OpenTelemetry metrics go by OTLP over HTTP (http://127.0.0.1:4318/v1/metrics) [default: nowhere]
    #[arg(long, env = "GATEWAY_OTLP_METRICS_ENDPOINT", global = true)]
    pub otlp_metrics_endpoint: Option<String>,
    /// Address and port of a page with the metrics for Prometheus, /metrics: whoever reaches it may read it
    /// (127.0.0.1:9464) [default: none]
    #[arg(long, env = "GATEWAY_METRICS_ADDR", global = true)]
    pub metrics_addr: Option<SocketAddr>,
    /// Where events about the gateway itself go: posthog+https://KEY@host, segment+https://KEY@host (its write key), or
    /// file:///folder/events.jsonl, put aside at ?bytes=67108864, of which &kept=5 are kept [default: nowhere]
    #[arg(
        long,
        env = "GATEWAY_EVENTS_URL",
        global = true,
        hide_env_values = true
    )]
    pub events_url: Option<SecretString>,
    /// Seconds between two looks of the gateway at itself: its pools, its process, its requests [default: 60]
    #[arg(long, env = "GATEWAY_EVENTS_INTERVAL_SECONDS", global = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub events_interval_seconds: Option<u64>,
    /// Web address that is told of what needs somebody, when it begins and when it is over (<https://alerts.example.com>)
    /// [default: none]
    #[arg(
        long,
        env = "GATEWAY_ALERT_WEBHOOK_URL",
        global = true,
        hide_env_values = true
    )]
    pub alert_webhook_url: Option<SecretString>,
    /// Key that it knows the gateway by (HMAC-SHA256, 32 bytes or more)
    #[arg(
        long,
        env = "GATEWAY_ALERT_WEBHOOK_KEY",
        global = true,
        hide_env_values = true
    )]
    pub alert_webhook_key: Option<SecretString>,
    /// How bad it has to be for an alert [default: high]
    #[arg(long, env = "GATEWAY_ALERT_SEVERITY", global = true)]
    pub alert_severity: Option<AlertSeverity>,
}

/// The settings of one, and those of the other where it says nothing. One that is left out here does not compile.
macro_rules! or {
    ($strong:ident, $weak:ident: $($name:ident)*) => {
        Settings { $($name: $strong.$name.or($weak.$name)),* }
    };
}

impl Settings {
    /// These settings, and those of `weaker` where these say nothing.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        or! { self, weaker:
            listen tls_certificate tls_key data_dir database_url migration_url
            admin_url content_url content_migration_url content_admin_url
            analytics_url analytics_migration_url analytics_admin_url queue_url
            queue_migration_url queue_admin_url postgres_bin max_connections
            cores acquire_timeout_ms request_timeout_ms statement_timeout_ms
            read_timeout_ms idle_timeout_ms max_body_bytes max_mail_bytes
            max_response_bytes max_batch cors_origins rate_limits
            redis_url worker worker_queues worker_concurrency
            worker_poll_ms analytics_months public_url smtp_url
            secrets_dir mail_networks max_listeners document_cache_bytes max_document_bytes max_tokens
            max_depth max_aliases max_root_fields max_directives
            max_fields max_fragments max_cost documents
            trusted_only apq introspection socket_init_timeout_ms
            keep_alive_seconds max_operations max_message_bytes max_streams
            max_tenant_streams drain_seconds token_key link_key
            stripe_webhook_secret stripe_test_events jwks_url token_keys_file jwks_max_age_seconds
            token_algorithms token_issuer token_audience user_claim
            tenant_claim staff_claim shared_key_everywhere max_auth_failures
            max_links_a_minute trusted_proxies log log_format
            otlp_endpoint otlp_metrics_endpoint metrics_addr events_url
            events_interval_seconds alert_webhook_url alert_webhook_key alert_severity
        }
    }
}

#[cfg(test)]
mod tests;
