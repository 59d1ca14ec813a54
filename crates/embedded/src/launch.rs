//! Starts the `postgres` process.

use std::{path::Path, process::Child};

use crate::{
    BINARIES_VARIABLE,
    account::Account,
    binaries::Binaries,
    cluster,
    door::Door,
    error::{Error, doing},
    home::Home,
    log::Log,
    settings::Options,
};

/// Finds binaries that fit the cluster, and makes the cluster if there is none.
pub(crate) async fn prepare(
    home: &Home,
    account: &Account,
    options: &Options,
) -> Result<Binaries, Error> {
    let major = home.cluster_major()?;
    let binaries = Binaries::find(options.binaries.as_deref(), major)?;
    let program = binaries.program("postgres");
    if !account.may_run(&program) {
        return Err(Error::Unreachable {
            user: account.name.clone(),
            path: program,
            setting: BINARIES_VARIABLE,
        });
    }
    match major {
        None => cluster::make(home, account, &binaries, options.durability).await?,
        Some(data) if data != binaries.major => {
            return Err(Error::OtherVersion {
                cluster: home.cluster(),
                data,
                binaries: binaries.dir,
                found: binaries.major,
            });
        }
        Some(_) => {}
    }
    Ok(binaries)
}

/// Starts the process. It takes connections a moment later.
pub(crate) fn spawn(
    home: &Home,
    account: &Account,
    binaries: &Binaries,
    options: &Options,
    socket_dir: &Path,
) -> Result<(Child, Log), Error> {
    let program = binaries.program("postgres");
    let (log, output) = Log::open(home.log())?;
    let errors = output.try_clone().map_err(doing("open", log.path()))?;
    let (mut command, cluster) = Door::open(&program, &home.cluster(), account)?.into_parts();
    command
        .arg("-D")
        .arg(cluster)
        .args(options.arguments(socket_dir))
        .stdout(output)
        .stderr(errors);
    let child = command.spawn().map_err(doing("run", program))?;
    Ok((child, log))
}
