//! What a process watches: its databases, and what else it is told to use.

use std::time::Duration;

use redis::Client;
use secrecy::{ExposeSecret, SecretString};
use tenant::DatabaseOptions;
use tokio::{io::AsyncReadExt, net::TcpStream};
use url::Url;
use watch::{Alerts, AlertsError, Options, Probe, Watcher};

use crate::{
    TierUrls,
    report::Report,
    serve::{InvalidUrl, database},
    settings::Config,
};

/// Why nothing is watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A database's URL, or that of Redis, is none.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// Alerts have nowhere to go.
    #[error(transparent)]
    Alerts(#[from] AlertsError),
}

/// What watches for a process that tells what it knows by `report`. Connects nothing yet.
///
/// # Errors
/// [`WatchError`].
pub(crate) fn watcher(
    config: &Config,
    urls: &TierUrls,
    report: &Report,
) -> Result<Watcher, WatchError> {
    let connections = DatabaseOptions {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: config.statement_timeout,
    };
    let mut probes: Vec<Box<dyn Probe>> = vec![Box::new(Sent(report.events.clone()))];
    if let Some(url) = &config.redis_url {
        let client = Client::open(url.expose_secret()).map_err(InvalidUrl::from)?;
        probes.push(Box::new(Redis(client)));
    }
    if let Some(server) = config.smtp_url.as_ref().and_then(mail_server) {
        probes.push(Box::new(server));
    }
    let alerts = config.alert_webhook_url.as_ref().map(|url| {
        let key = config.alert_webhook_key.as_ref();
        Alerts::new(url, key, config.alert_severity.into())
    });
    let options = Options {
        database: database(urls, &connections)?,
        probes,
        period: config.events_interval,
        alerts: alerts.transpose()?,
        events: report.events.clone(),
    };
    Ok(Watcher::new(report.watch.clone(), options))
}

/// Whether events arrive.
struct Sent(events::Events);

#[async_trait::async_trait]
impl Probe for Sent {
    fn name(&self) -> &'static str {
        "events"
    }

    async fn answers(&self) -> bool {
        !self.0.are_failing()
    }
}

struct Redis(Client);

#[async_trait::async_trait]
impl Probe for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }

    async fn answers(&self) -> bool {
        let Ok(mut connection) = self.0.get_multiplexed_async_connection().await else {
            return false;
        };
        let pong: Result<String, _> = redis::cmd("PING").query_async(&mut connection).await;
        pong.is_ok()
    }
}

/// The server that all mail goes out by.
struct MailServer {
    host: String,
    port: u16,
    /// It says who it is, before anything else; with TLS from the first byte it waits for the client.
    greets: bool,
}

fn mail_server(url: &SecretString) -> Option<MailServer> {
    // One that is none is refused where mail is sent.
    let url = Url::parse(url.expose_secret()).ok()?;
    let (port, greets) = match url.scheme() {
        "smtps" => (465, false),
        "smtp" => (587, true),
        _ => (25, true),
    };
    Some(MailServer {
        host: url.host_str()?.to_owned(),
        port: url.port().unwrap_or(port),
        greets,
    })
}

#[async_trait::async_trait]
impl Probe for MailServer {
    fn name(&self) -> &'static str {
        "mail"
    }

    async fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect((&*self.host, self.port)).await else {
            return false;
        };
        let mut code = [0; 3];
        !self.greets || (stream.read_exact(&mut code).await.is_ok() && &code == b"220")
    }
}
