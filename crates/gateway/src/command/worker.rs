//! `gateway worker`.

use worker::Wake;

use super::{
    CommandError, Signals, print,
    serve::{page, refuse_unfit},
};
use crate::{
    InvalidUrl,
    database::Databases,
    report::Report,
    settings::Config,
    work::{Told, Work, WorkError},
};

pub(super) async fn run(config: &Config, signals: Signals) -> Result<(), CommandError> {
    let databases = signals.clone().end(Databases::attach(config)).await?;
    let worked = work(config, &databases, signals).await;
    match databases.close(worked).await {
        // To stop is no failure, at whatever moment.
        Ok(()) | Err(CommandError::Interrupted) => print("stopped"),
        Err(error) => Err(error),
    }
}

async fn work(
    config: &Config,
    databases: &Databases,
    signals: Signals,
) -> Result<(), CommandError> {
    let _page = page(config).await?;
    signals.clone().end(refuse_unfit(databases)).await?;
    let wake = Wake::through(config.redis_url.as_ref()).map_err(InvalidUrl::from)?;
    let is_local = config.database_url.is_none();
    let told = Told {
        report: Report::new(config).map_err(WorkError::from)?,
        is_process: true,
    };
    let urls = databases.login();
    let work = Work::new(config, &urls, wake, config.listen, is_local, told).await?;
    print("working; Ctrl-C stops")?;
    let (first, second) = (signals.clone().asked(1), signals.asked(2));
    let seconds = config.drain.as_secs();
    let stop = async move {
        first.await;
        tracing::info!("stopping: jobs get {seconds} s to end, a second Ctrl-C ends them at once");
    };
    tokio::select! {
        () = work.run(stop) => Ok(()),
        () = second => Ok(()),
    }
}
