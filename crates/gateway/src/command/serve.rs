//! `gateway serve`.

use std::{net::SocketAddr, sync::Arc};

use tokio::{net::TcpListener, sync::Notify};

use super::{
    CommandError, Signals,
    announce::{announce, reachable},
    doctor::examine,
    error::Behind,
    migrate::{self, history},
    print, token,
};
use crate::{
    Gateway,
    auth::{LoggedEvents, Trust},
    database::{Databases, TierDatabase},
    metrics,
    settings::Config,
    work::{Told, Work},
};

pub(super) async fn run(config: &Config, signals: Signals) -> Result<(), CommandError> {
    // First, so that a taken port, or nobody to trust, is known before a database was started for nothing.
    let listener = listen(config).await?;
    let trust = Trust::new(&config.tokens)?;
    let start = signals.clone().end(Databases::open(config));
    let result = match start.await {
        Ok(databases) => {
            let served = serve(config, &databases, listener, trust, signals).await;
            databases.close(served).await
        }
        Err(error) => Err(error),
    };
    match result {
        // To stop is no failure, at whatever moment.
        Ok(()) | Err(CommandError::Interrupted) => print("stopped"),
        Err(error) => Err(error),
    }
}

async fn listen(config: &Config) -> Result<TcpListener, CommandError> {
    let address = config.listen;
    let shared_key = config.tokens.takes_shared_key();
    if !address.ip().is_loopback() && shared_key && !config.shared_key_everywhere {
        return Err(CommandError::OpenToAll(address));
    }
    TcpListener::bind(address)
        .await
        .map_err(|cause| CommandError::Listen { address, cause })
}

async fn serve(
    config: &Config,
    databases: &Databases,
    listener: TcpListener,
    trust: Trust,
    signals: Signals,
) -> Result<(), CommandError> {
    let key = token::key(config)?;
    let trust = trust.and_shared_key(key.clone());
    let events = Arc::new(LoggedEvents);
    let gateways = Gateway::for_cores(&databases.login(), trust, events, config)?;
    let _page = page(config).await?;
    let demo = signals.clone().end(prepare(databases)).await?;
    let address = listener.local_addr().map_err(CommandError::Serve)?;
    // Tokens that would be refused help nobody.
    let demo = demo.filter(|_| config.tokens.takes_shared_key());
    let work = work(config, databases, &gateways, address).await?;
    announce(&config.address(reachable(address)), demo.as_ref(), &key)?;
    if let Some(sink) = work.as_ref().and_then(Work::sink) {
        tracing::info!(
            "mail is sent to {sink}, a sink on this machine, which keeps it in {}",
            config.data_dir.join("mail").display()
        );
    }
    let seconds = config.drain.as_secs();
    let (first, second) = (signals.clone().asked(1), signals.asked(2));
    let stop = async move {
        first.await;
        tracing::info!(
            "stopping: requests in flight get {seconds} s to end, a second Ctrl-C ends them at once"
        );
    };
    let stopped = Arc::new(Notify::new());
    let served = async {
        let served = crate::serve(gateways, listener, config.drain, stop).await;
        // What requests have begun is there to be done.
        stopped.notify_one();
        served.map_err(CommandError::Serve)
    };
    let worked = async {
        match work {
            Some(work) => work.run(stopped.notified()).await,
            None => stopped.notified().await,
        }
    };
    tokio::select! {
        (served, ()) = futures::future::join(served, worked) => served,
        () = second => Ok(()),
    }
}

/// The page of metrics, if the settings say where.
pub(super) async fn page(config: &Config) -> Result<Option<metrics::Page>, CommandError> {
    let Some(address) = config.metrics_addr else {
        return Ok(None);
    };
    let bound = metrics::bind(address).await;
    let page = bound.map_err(|cause| CommandError::Metrics { address, cause })?;
    Ok(Some(page))
}

/// The worker beside the requests, unless it is switched off.
async fn work(
    config: &Config,
    databases: &Databases,
    gateways: &[Arc<Gateway>],
    address: SocketAddr,
) -> Result<Option<Work>, CommandError> {
    let Some(gateway) = gateways.first() else {
        return Ok(None);
    };
    if !config.worker.unwrap_or(databases.is_embedded()) {
        return Ok(None);
    }
    let (urls, wake) = (databases.login(), gateway.wake().clone());
    let told = Told {
        report: Arc::clone(gateway.report()),
        is_process: false,
    };
    let work = Work::new(config, &urls, wake, address, databases.is_embedded(), told).await?;
    Ok(Some(work))
}

/// Brings the embedded database up to date, and asks that of somebody else for one that was given.
/// Answers with the people of the demo, where there is one.
async fn prepare(databases: &Databases) -> Result<Option<::seed::Demo>, CommandError> {
    if databases.is_embedded() {
        let applied = migrate::bring_up(databases).await?;
        if applied > 0 {
            tracing::info!("applied {applied} migrations");
        }
    }
    refuse_unfit(databases).await?;
    demo(databases).await
}

/// Makes sure that each tier's schema is up to date and that the login role sees no more than one tenant.
pub(super) async fn refuse_unfit(databases: &Databases) -> Result<(), CommandError> {
    for database in databases.tiers() {
        let inspection = examine(database).await?;
        refuse_behind(database).await?;
        if !inspection.findings.is_empty() {
            return Err(CommandError::Unsafe(inspection.findings));
        }
    }
    Ok(())
}

async fn refuse_behind(database: &TierDatabase) -> Result<(), CommandError> {
    let tier = database.tier;
    let migrations = migrations::status(history(tier), &database.login).await?;
    let all = migrations.len();
    match migrations
        .iter()
        .filter(|migration| !migration.applied)
        .count()
    {
        0 => Ok(()),
        missing => Err(CommandError::Behind(Behind { tier, missing, all })),
    }
}

/// The demo, made if the databases are ours and have none.
async fn demo(databases: &Databases) -> Result<Option<::seed::Demo>, CommandError> {
    let Some(admin) = databases.admin() else {
        return Ok(None);
    };
    let found = ::seed::demo_accounts(&admin.oltp).await?;
    if !databases.is_embedded() {
        return Ok(found);
    }
    // One that was made before there was mail, or were jobs, gets some.
    let made = ::seed::demo(&admin, chrono::Utc::now()).await?;
    if found.is_some() {
        return Ok(found);
    }
    let names: Vec<&str> = made
        .tenants
        .iter()
        .map(|tenant| tenant.name.as_str())
        .collect();
    tracing::info!("made the demo data of the tenants {}", names.join(" and "));
    Ok(Some(made))
}
