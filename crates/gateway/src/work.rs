//! The platform's own work beside the requests: `gateway worker`, and within `gateway serve` on one machine.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use analytics::Analytics;
use audit::Log;
use bookkeeping::Bookkeeping;
use events::ProcessKind;
use futures::future::join;
use inbox::{Inbox, Mailboxes};
use outreach::Outreach;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use tenant::{Database, DatabaseOptions};
use transport::{
    Credentials, Networks, Secrets, Security, Server,
    sink::{self, Sink},
    smtp::{Mailer, Relay},
};
use url::Url;
use watch::Watcher;
use worker::{Handlers, Shares, Wake, Worker};

use crate::{
    LinkKeyError, TierUrls, leaving, links, metrics,
    report::{Report, Sampled, Sampler},
    serve::{InvalidUrl, database},
    settings::Config,
    watching::{self, WatchError},
};

/// What loops of a worker need beside its jobs: the outbox, the clock, the claims.
const LOOPS: u32 = 3;

/// Most places of a worker that are for its first queue alone.
const KEPT: usize = 2;

/// How often the queues are measured, where somebody asks for numbers.
const MEASURE: Duration = Duration::from_secs(15);

/// How long the last events may take to leave.
const FLUSHING: Duration = Duration::from_secs(5);

/// The folder of the mail that the sink takes, in the data folder.
const MAIL: &str = "mail";

/// A worker, and where its mail goes.
pub(crate) struct Work {
    worker: Worker,
    database: Database,
    mailer: Mailer,
    sink: Option<Sink>,
    told: Told,
    sampler: Sampler,
    watcher: Watcher,
}

/// Where a worker tells what it is and does.
pub(crate) struct Told {
    pub(crate) report: Arc<Report>,
    /// Whether it is a process of its own, and not a server's.
    pub(crate) is_process: bool,
}

/// Why there is no worker.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// A database's URL, or that of Redis, is none.
    #[error(transparent)]
    Url(#[from] InvalidUrl),
    /// Links in mail can not be signed.
    #[error(transparent)]
    Links(#[from] LinkKeyError),
    /// The mail server's URL is none.
    #[error(
        "GATEWAY_SMTP_URL is no mail server: give smtp://user:password@host:587, smtps:// for TLS from the first byte, or \
         smtp+plain:// without TLS"
    )]
    Relay,
    /// Events have nowhere to go.
    #[error(transparent)]
    Events(#[from] events::TargetError),
    /// Nothing can be watched.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// The sink does not start.
    #[error("the local sink for mail does not start: {0}")]
    Sink(#[from] sink::Error),
}

impl Work {
    /// A worker of these databases. `address` is where this gateway is reached, unless the settings say it; with `is_local`
    /// mail that has no other way goes into a sink on this machine.
    pub(crate) async fn new(
        config: &Config,
        urls: &TierUrls,
        wake: Wake,
        address: SocketAddr,
        is_local: bool,
        told: Told,
    ) -> Result<Self, WorkError> {
        let options = DatabaseOptions {
            max_connections: config.worker_concurrency + LOOPS,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: config.statement_timeout,
        };
        let database = database(urls, &options)?;
        if let Some(metrics) = metrics::get() {
            metrics.watch("worker", vec![database.clone()]);
        }
        let given = config.smtp_url.as_ref().map(relay).transpose()?;
        let (relay, sink) = match given {
            None if is_local => {
                let sink = Sink::bind(sink::Options {
                    maildir: Some(config.data_dir.join(MAIL)),
                    ..sink::Options::default()
                })
                .await?;
                (Some(plain(sink.address())), Some(sink))
            }
            given => (given, None),
        };
        let public_url = match &config.public_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => config.address(address),
        };
        leaving::warn(config, relay.as_ref(), is_local, &public_url);
        let secrets = config.secrets_dir.clone();
        let secrets = secrets.map_or_else(Secrets::default, Secrets::in_folder);
        let networks: Networks = config.mail_networks.iter().copied().collect();
        let concurrency = config.worker_concurrency as usize;
        // One for mail in and out: whichever of its servers are slow, the other half of the worker is not theirs; and
        // whoever's are, a quarter stays for what is done here.
        let shares = Shares::new(concurrency / 2, concurrency - concurrency / 4);
        let settings = outreach::Settings {
            public_url,
            link_keys: links::keys(config)?,
            relay,
            secrets: secrets.clone(),
            networks: networks.clone(),
            shares: shares.clone(),
        };
        let mailer = Mailer::new(transport::smtp::Options {
            max_connections: concurrency.min(8),
            ..transport::smtp::Options::default()
        });
        let inbox = Inbox::new(database.clone());
        let mailboxes = Mailboxes::new(
            inbox.clone(),
            secrets,
            networks,
            wake.clone(),
            config.max_mail_bytes,
            config.max_listeners,
            shares,
        );
        let outreach = Outreach::new(database.clone(), mailer.clone(), wake.clone(), settings);
        let queues = config.worker_queues.iter();
        let options = worker::Options {
            queues: queues.map(|queue| queue.name().to_owned()).collect(),
            concurrency,
            kept: (concurrency / 4).min(KEPT),
            poll: config.worker_poll,
            drain: config.drain,
            measure: metrics::get().map(|_| MEASURE),
        };
        let watcher = watching::watcher(config, urls, &told.report)?;
        let sampled = Sampled {
            kind: ProcessKind::Worker,
            databases: vec![database.clone()],
            held: 2 * config.request_timeout,
            requests: Vec::new(),
            is_process: told.is_process,
        };
        let report = Arc::clone(&told.report);
        let sampler = Sampler::new(report, config.events_interval, sampled);
        let bookkeeping = Bookkeeping::new(database.clone());
        let handlers = outreach.handlers().into_iter();
        let handlers = handlers.chain(inbox.handlers()).chain(mailboxes.handlers());
        let analytics = Analytics::new(database.clone(), numbers(config));
        let handlers = handlers.chain(bookkeeping.handlers());
        let handlers = handlers.chain(Log::new(database.clone()).handlers());
        let handlers = Handlers::new(handlers.chain(analytics.handlers()));
        Ok(Self {
            worker: Worker::new(database.clone(), handlers, wake, options),
            database,
            mailer,
            sink,
            told,
            sampler,
            watcher,
        })
    }

    /// Where the sink of this machine listens, if mail goes there.
    pub(crate) fn sink(&self) -> Option<SocketAddr> {
        self.sink.as_ref().map(Sink::address)
    }

    /// Works until `stop` completes, and ends what it has begun.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let Self {
            worker,
            database,
            mailer,
            sink,
            told,
            mut sampler,
            watcher,
        } = self;
        let done = Arc::new(tokio::sync::Notify::new());
        let ended = Arc::clone(&done);
        let sink = async {
            if let Some(sink) = sink {
                sink.serve(ended.notified()).await;
            }
        };
        let work = async {
            worker.run(stop).await;
            mailer.close().await;
            database.close().await;
            done.notify_one();
        };
        let events = &told.report.events;
        let telling = async {
            let sampling = sampler.run();
            match told.is_process {
                true => drop(join(join(sampling, events.run()), watcher.run()).await),
                // The server sends what it is told, and watches.
                false => sampling.await,
            }
        };
        tokio::select! {
            _ = join(work, sink) => {}
            () = telling => {}
        }
        sampler.look();
        if told.is_process {
            watcher.finish(FLUSHING).await;
        }
        events.flush(FLUSHING).await;
    }
}

/// How it is counted.
pub(crate) fn numbers(config: &Config) -> analytics::Options {
    analytics::Options {
        months: config.analytics_months,
        ..analytics::Options::default()
    }
}

/// The mail server of a URL.
fn relay(given: &SecretString) -> Result<Relay, WorkError> {
    let url = Url::parse(given.expose_secret()).map_err(|_| WorkError::Relay)?;
    let (security, port) = match url.scheme() {
        "smtp" => (Security::StartTls, 587),
        "smtps" => (Security::Tls, 465),
        "smtp+plain" => (Security::None, 25),
        _ => return Err(WorkError::Relay),
    };
    let host = url.host_str().ok_or(WorkError::Relay)?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = (!url.username().is_empty()).then(|| {
        let password = decoded(url.password().unwrap_or_default());
        Credentials::new(decoded(url.username()), password)
    });
    Ok(Relay {
        server: Server::new(host, url.port().unwrap_or(port), security),
        credentials,
        name: None,
    })
}

/// A server of this machine, spoken to in clear.
fn plain(address: SocketAddr) -> Relay {
    Relay {
        server: Server::new(address.ip().to_string(), address.port(), Security::None),
        credentials: None,
        name: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_by_a_url() {
        let found = relay(&"smtp://me%40x.test:p%3Aw@mail.test".into()).expect("a server");
        assert_eq!(
            found.server,
            Server::new("mail.test", 587, Security::StartTls)
        );
        let credentials = found.credentials.expect("somebody");
        assert_eq!(credentials.user, "me@x.test");
        assert_eq!(credentials.password.expose_secret(), "p:w");
        let found = relay(&"smtps://mail.test:1465".into()).expect("a server");
        assert_eq!(found.server, Server::new("mail.test", 1465, Security::Tls));
        assert!(found.credentials.is_none());
        for wrong in ["mail.test:25", "http://mail.test", "smtp:///x"] {
            assert!(relay(&wrong.into()).is_err(), "{wrong}");
        }
    }
}
