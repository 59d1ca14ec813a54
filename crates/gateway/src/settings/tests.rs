//! The defaults, and what does not print itself.

use super::{AlertSeverity, Config, Introspection, LogFormat, Settings};

#[test]
fn the_defaults_are_those_that_the_help_tells() {
    let config = Config::from(Settings::default());
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.data_dir.to_str(), Some(".gateway"));
    assert_eq!(
        (config.max_connections, config.max_body_bytes),
        (8, 4_194_304)
    );
    assert_eq!(
        (config.acquire_timeout.as_millis(), config.drain.as_secs()),
        (3000, 20)
    );
    assert_eq!(
        (
            config.request_timeout.as_millis(),
            config.read_timeout.as_millis(),
            config.idle_timeout.as_millis(),
            config.statement_timeout
        ),
        (60_000, 10_000, 75_000, None)
    );
    assert_eq!(config.document_cache_bytes, 16_777_216);
    assert_eq!(
        (config.max_response_bytes, config.max_batch),
        (67_108_864, 0)
    );
    let limits = config.limits;
    assert_eq!(
        (limits.bytes, limits.tokens, limits.depth),
        (262_144, 10_000, 20)
    );
    assert_eq!(
        (limits.aliases, limits.root_fields, limits.directives),
        (200, 50, 200)
    );
    assert_eq!(
        (limits.fields, limits.fragments, limits.cost),
        (5_000, 500, 1_000_000)
    );
    assert!(config.documents.is_none() && !config.trusted_only && !config.apq);
    assert_eq!(config.introspection, Introspection::Everyone);
    assert_eq!(
        (
            config.socket_init_timeout.as_millis(),
            config.keep_alive.as_secs()
        ),
        (3000, 15)
    );
    assert_eq!(
        (config.max_operations, config.max_message_bytes),
        (100, 1_048_576)
    );
    assert_eq!(
        (config.max_streams, config.max_tenant_streams),
        (10_000, 2_000)
    );
    assert_eq!(config.log_format, LogFormat::Human);
    let queues: Vec<_> = config
        .worker_queues
        .iter()
        .map(|queue| queue.name())
        .collect();
    assert_eq!(
        queues.join(","),
        "email-processing,email-sending,billing,analytics,maintenance"
    );
    assert!(config.cors_origins.are_none() && config.rate_limits && config.redis_url.is_none());
    assert!(config.database_url.is_none() && config.otlp_endpoint.is_none());
    assert!(config.events_url.is_none() && config.events_interval.as_secs() == 60);
    assert!(config.alert_webhook_url.is_none() && config.alert_severity == AlertSeverity::High);
}

#[test]
fn a_url_set_to_nothing_is_not_set_but_a_key_is() {
    let empty = || Some("".into());
    let config = Config::from(Settings {
        database_url: empty(),
        token_key: empty(),
        ..Settings::default()
    });
    assert!(config.database_url.is_none() && config.token_key.is_some());
}

#[test]
fn secrets_do_not_print_themselves() {
    let secret = || Some("hidden".into());
    let settings = Settings {
        database_url: secret(),
        token_key: secret(),
        admin_url: secret(),
        migration_url: secret(),
        redis_url: secret(),
        events_url: secret(),
        alert_webhook_url: secret(),
        alert_webhook_key: secret(),
        ..Settings::default()
    };
    assert!(!format!("{settings:?} {:?}", Config::from(settings.clone())).contains("hidden"));
}
